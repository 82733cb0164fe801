package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncListener;
import dev.baculasync.core.SyncReport;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows how a run goes on: a bar for a person at a terminal, messages for a log that asks for them. */
final class RunProgress implements SyncListener, AutoCloseable {
    private static final int WIDTH = 79;
    /** Clears the line of a terminal and goes to its beginning. */
    static final String CLEAR_LINE = "\r\033[K";

    private final Console console;
    private final @Nullable PrintStream terminal;
    private final AtomicInteger vms = new AtomicInteger();
    private @Nullable ProgressBar bar;

    /** With a bar if standard error is a terminal and messages would not run over it. */
    RunProgress(Surroundings surroundings, Console console) {
        this.console = console;
        boolean quiet = !console.level().includes(LogLevel.INFO);
        this.terminal = surroundings.errIsTerminal() && quiet ? surroundings.err() : null;
    }

    @Override
    public synchronized void runStarted(List<OpenStackInstance> instances) {
        PrintStream stream = terminal;
        if (stream != null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("OpenStack instances")
                    .setInitialMax(instances.size())
                    .setStyle(ProgressBarStyle.ASCII)
                    .hideEta()
                    .setConsumer(new DelegatingProgressBarConsumer(text -> draw(stream, text), WIDTH))
                    .build();
        }
    }

    @Override
    public void discovered(OpenStackInstance instance, Discovery discovery) {
        console.info(
                instance + ": " + (discovery.vms().size() + discovery.doubtful().size()) + " VMs, list "
                        + discovery.verdict().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public synchronized void instanceFinished(InstanceReport report) {
        int seen = vms.addAndGet(report.vms().size());
        if (bar != null) {
            bar.setExtraMessage(" " + seen + " VMs");
            bar.step();
        }
        console.info(report.instance() + ": done");
    }

    @Override
    public synchronized void purging(OpenStackInstance instance, int done, int all) {
        if (bar != null) {
            bar.setExtraMessage(" purged " + done + " of " + all);
            bar.refresh();
        }
        if (done == all || done % Math.max(1, all / 10) == 0) {
            console.info(instance + ": purged " + done + " of " + all);
        }
    }

    @Override
    public void reloading() {
        console.info("telling the Director to reload");
    }

    /** The report comes next. */
    @Override
    public void runFinished(SyncReport report) {
        close();
    }

    @Override
    public void notForgotten(String why) {
        console.warn(why);
    }

    /** Takes the bar away. */
    @Override
    public synchronized void close() {
        ProgressBar shown = bar;
        if (shown != null && terminal != null) {
            shown.close();
            bar = null;
            terminal.print(CLEAR_LINE);
            terminal.flush();
        }
    }

    /** The cursor goes back to where the line begins, so that a message overwrites the bar. */
    private static void draw(PrintStream stream, String text) {
        stream.print(CLEAR_LINE + text + "\r");
        stream.flush();
    }
}

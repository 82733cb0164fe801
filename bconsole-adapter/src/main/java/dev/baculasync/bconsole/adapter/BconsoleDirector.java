package dev.baculasync.bconsole.adapter;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.ReloadResult.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Director that is asked through bconsole. */
final class BconsoleDirector implements Director {
    /** A Director says to the second when it read its configuration. */
    private static final Duration NEXT_SECOND = Duration.ofMillis(1100);

    /**
     * What tells when the Director was started and when it read its configuration, the first that is allowed and says so.
     * Plain {@code status dir} would, too, but it works out the Schedule of every job: 50 s at 3,000 jobs on 9.6.7. The
     * first tells the header alone, the second asks for the jobs of no day; in the sources of 9.6 to 15.0 all three print
     * the header by the same function.
     */
    private static final List<String> STATUS =
            List.of(Command.DOT_STATUS.with("dir header"), Command.STATUS.with("dir days=0"));

    private static final String ACCEPTED = "1000 OK";
    private static final Pattern DIRECTOR_ADDRESS = Pattern.compile("Connecting to Director (\\S+):\\d+");

    private final Bconsole console;
    private final @Nullable DirectorCheck check;
    private final Pause pause;
    private final TcpLook look;

    /** How time is let pass. */
    interface Pause {
        void last(Duration time) throws InterruptedException;
    }

    BconsoleDirector(Bconsole console, @Nullable DirectorCheck check, Pause pause, TcpLook look) {
        this.console = console;
        this.check = check;
        this.pause = pause;
        this.look = look;
    }

    @Override
    public ConfigCheck checkConfiguration() {
        return check == null ? new ConfigCheck(ConfigCheck.Kind.NOT_SET_UP, "") : check.run();
    }

    @Override
    public DirectorResources resources() {
        ResourceListing listing = new ResourceListing();
        List<String> greeting = askAllowed(Command.SHOW.with("all"), listing::read);
        if (!listing.namesDirector()) {
            throw new ProviderException(
                    Code.BAD_ANSWER,
                    "the answer to \"show all\" does not name the Director, so it is not whole; run it in bconsole by hand");
        }
        if (!listing.misread().isEmpty()) {
            throw new ProviderException(
                    Code.BAD_ANSWER,
                    "the answer to \"show all\" cannot be understood: " + Excerpt.of(listing.misread()));
        }
        return listing.resources()
                .withDedup(greeting.stream()
                        .filter(line -> line.startsWith(ACCEPTED))
                        .findFirst()
                        .flatMap(line -> new DirectorRelease(line).dedup())
                        .orElse(null));
    }

    @Override
    public Set<String> jobNames() {
        List<String> lines = new ArrayList<>();
        askAllowed(Command.JOBS.with(""), lines::add);
        Set<String> names = new HashSet<>();
        for (String line : lines) {
            String name = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (!BaculaName.isLegal(name)) {
                throw new ProviderException(
                        Code.BAD_ANSWER, "the answer to \".jobs\" holds what is no job name: " + Excerpt.of(line));
            }
            names.add(name);
        }
        return Set.copyOf(names);
    }

    @Override
    public ReloadResult reload() {
        Optional<DaemonStatus> before = status();
        Attempt attempt = reload(before);
        if (!attempt.mayBeOfTheSameSecond()) {
            return attempt.result();
        }
        try {
            pause.last(NEXT_SECOND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderException(Code.INTERRUPTED, "interrupted between two reloads; the first was given");
        }
        return reload(before).result();
    }

    /**
     * One reload.
     *
     * @param mayBeOfTheSameSecond whether nothing speaks against its success but the time of the last one, which says
     *     nothing when both were in the same second
     */
    private record Attempt(ReloadResult result, boolean mayBeOfTheSameSecond) {
        static Attempt ended(Kind kind, String detail) {
            return new Attempt(new ReloadResult(kind, detail), false);
        }
    }

    private Attempt reload(Optional<DaemonStatus> before) {
        List<String> words = new ArrayList<>();
        String cut = "";
        try {
            console.ask(Command.RELOAD.with(""), words::add);
        } catch (ProviderException e) {
            if (!mayHaveBeenGiven(e)) {
                throw e;
            }
            // 9.6 terminates in the middle of the command when it does not like its configuration.
            cut = e.getMessage();
        }
        if (words.stream().anyMatch(line -> Bconsole.refuses(Command.RELOAD.word(), line))) {
            throw Bconsole.refused(Command.RELOAD.word());
        }
        Optional<DaemonStatus> after;
        try {
            after = status();
        } catch (ProviderException e) {
            if (e.code() == Code.INTERRUPTED) {
                throw e;
            }
            return saysDirectorIsGone(e)
                    ? Attempt.ended(Kind.DIED, "the Director no longer answers after the reload: " + e.getMessage())
                    : Attempt.ended(
                            Kind.UNCONFIRMED, "the Director cannot be asked after the reload: " + e.getMessage());
        }
        return judge(before, after, words, cut);
    }

    /** What the Director says of itself; empty when this console may not ask for it. */
    private Optional<DaemonStatus> status() {
        return STATUS.stream()
                .map(command -> DaemonStatus.in(console.ask(command)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public SortedSet<Long> runsOf(String job) {
        // Not llist, which leaves out runs whose client is no longer in the catalog.
        String command = Command.LIST.with("jobname=" + Bconsole.argument(job));
        RunListing listing = new RunListing(job);
        askAllowed(command, listing::read);
        listing.problem().ifPresent(problem -> {
            throw new ProviderException(
                    Code.BAD_ANSWER, "the answer to \"" + command + "\" cannot be understood: " + problem);
        });
        return listing.runs();
    }

    @Override
    public void purgeFiles(long jobId) {
        if (jobId <= 0) {
            throw new IllegalArgumentException("not a JobId: " + jobId);
        }
        String command = Command.PURGE.with("files jobid=" + jobId);
        PurgeAnswer answer = new PurgeAnswer();
        Optional<ProviderException> cut = askUpToAQuestion(command, answer::read);
        List<String> objections = answer.objections();
        if (cut.isPresent() && (objections.isEmpty() || !answer.warned())) {
            throw cut.get();
        }
        if (!objections.isEmpty() || !answer.warned()) {
            throw new ProviderException(
                    Code.BAD_ANSWER,
                    "\"" + command + "\" was not answered as a purge is: "
                            + (objections.isEmpty() ? "the Director said nothing" : Excerpt.of(objections))
                            + "; look at its messages");
        }
    }

    @Override
    public ClientState clientState(String client) {
        List<String> words = new ArrayList<>();
        List<String> preamble = List.of();
        Optional<ProviderException> cut = Optional.empty();
        try {
            preamble = askAllowed(Command.STATUS.with("client=" + Bconsole.argument(client)), words::add);
        } catch (ProviderException e) {
            if (e.code() != Code.BAD_ANSWER) {
                throw e;
            }
            cut = Optional.of(e);
        }
        ClientAnswer answer = new ClientAnswer(client, words);
        if (cut.isPresent() && !answer.saysUnknown()) {
            throw cut.get();
        }
        return answer.state(look, isHere(preamble));
    }

    /** Whether the Director runs on this machine, as far as bconsole says where it connects to. */
    private static boolean isHere(List<String> preamble) {
        return preamble.stream()
                .map(DIRECTOR_ADDRESS::matcher)
                .filter(Matcher::matches)
                .anyMatch(line -> TcpLook.isLoopback(line.group(1)));
    }

    private static Attempt judge(
            Optional<DaemonStatus> before, Optional<DaemonStatus> after, List<String> words, String cut) {
        String said = Excerpt.of(words);
        if (before.isPresent()
                && after.isPresent()
                && !before.get().started().equals(after.get().started())) {
            return Attempt.ended(
                    Kind.DIED,
                    "the Director ended at the reload and has been started again ("
                            + before.get().started() + ", now " + after.get().started()
                            + "); jobs that were running are lost");
        }
        if (!said.isEmpty()) {
            return Attempt.ended(Kind.REFUSED, said);
        }
        if (before.isEmpty() || after.isEmpty()) {
            return Attempt.ended(
                    Kind.UNCONFIRMED,
                    "\"" + STATUS.get(0)
                            + "\" does not say when the configuration was read; add .status to the CommandACL"
                            + " of the Console that BCONSOLE_CONF names");
        }
        if (!before.get().reloaded().equals(after.get().reloaded())) {
            return Attempt.ended(Kind.DONE, "");
        }
        String unchanged = "the Director still has the configuration it read at "
                + after.get().reloaded() + "; up to 13 it refuses without a word: check it with bacula-dir -t";
        return cut.isEmpty()
                ? new Attempt(new ReloadResult(Kind.UNCONFIRMED, unchanged), true)
                : Attempt.ended(Kind.UNCONFIRMED, unchanged + " (" + cut + ")");
    }

    /** Gives a command, and throws when the Director does not know it or this console may not give it. */
    private List<String> askAllowed(String command, Consumer<String> lines) {
        return console.ask(command, line -> {
            if (Bconsole.refuses(command, line)) {
                throw Bconsole.refused(command);
            }
            lines.accept(line);
        });
    }

    /**
     * Alike, for a command after whose error the Director asks something. It takes our {@code quit} as the answer, so
     * the session looks cut.
     *
     * @return why the answer is not known to be whole; empty when it is
     */
    private Optional<ProviderException> askUpToAQuestion(String command, Consumer<String> lines) {
        try {
            askAllowed(command, lines);
            return Optional.empty();
        } catch (ProviderException e) {
            if (e.code() != Code.BAD_ANSWER) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    private static boolean mayHaveBeenGiven(ProviderException e) {
        return e.code() == Code.BAD_ANSWER || e.code() == Code.TIMEOUT;
    }

    private static boolean saysDirectorIsGone(ProviderException e) {
        return e.code() == Code.UNREACHABLE || e.code() == Code.TIMEOUT || e.code() == Code.BAD_ANSWER;
    }
}

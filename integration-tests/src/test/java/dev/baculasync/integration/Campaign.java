package dev.baculasync.integration;

import dev.baculasync.integration.CampaignChecks.Before;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** One world from its beginning to its end: some quiet runs, then rounds of one to three acts and a run. */
abstract class Campaign {
    /** What was done and seen in all worlds, so that a sample in which nothing happens is found out. */
    static final class Tally {
        private final Map<EverydayAct, Integer> acts = new EnumMap<>(EverydayAct.class);
        private final Map<String, Integer> seen = new TreeMap<>();

        /** How often each act was really carried out. */
        Map<EverydayAct, Integer> acts() {
            return acts;
        }

        /** What came of it, by a word for it. */
        Map<String, Integer> seen() {
            return seen;
        }

        void saw(String what) {
            seen.merge(what, 1, Integer::sum);
        }

        @Override
        public String toString() {
            return acts + "\n" + seen;
        }
    }

    private final CampaignWorld world;
    private final CampaignChecks checks;
    private final Tally tally;

    Campaign(CampaignWorld world, Tally tally) {
        this.world = world;
        this.checks = new CampaignChecks(world);
        this.tally = tally;
    }

    CampaignWorld world() {
        return world;
    }

    /** A run of the product. */
    abstract RunTold run(boolean checked, Set<String> approvals) throws Exception;

    /** A run that is killed somewhere, if it comes so far; whether it was. */
    abstract boolean runThatDies(boolean checked) throws Exception;

    /** The jobs that the Director has loaded; asked for only while it is up. */
    abstract Set<String> loadedJobs() throws Exception;

    abstract boolean isDirectorAlive() throws Exception;

    /** An operator starts the Director anew. Whether it came up. */
    abstract boolean restartDirector() throws Exception;

    /** The backups of a night, and it is the next day. */
    abstract void night() throws Exception;

    /** What else must hold after a run; empty when it does. */
    Optional<String> furtherCheck() throws Exception {
        return Optional.empty();
    }

    /** What was broken, with the story up to there; empty when all went well. */
    Optional<String> play() throws Exception {
        Random random = world.random();
        boolean checked = random.nextInt(4) > 0;
        int quiet = 1 + random.nextInt(2);
        int rounds = quiet + 5 + random.nextInt(4);
        for (int round = 0; round < rounds; round++) {
            for (int act = round < quiet ? 0 : 1 + random.nextInt(3); act > 0; act--) {
                EverydayAct next = EverydayAct.any(world);
                if (next.carryOut(world)) {
                    tally.acts.merge(next, 1, Integer::sum);
                }
            }
            if (random.nextInt(8) == 0) {
                checked = !checked;
            }
            String broken = runAndCheck(checked, Set.of(), random.nextInt(8) == 0);
            if (!broken.isEmpty()) {
                return Optional.of(world + "\n" + broken);
            }
            world.backUp();
            night();
        }
        return Optional.empty();
    }

    private String runAndCheck(boolean checked, Set<String> approvals, boolean dies) throws Exception {
        boolean up = isDirectorAlive();
        Before before = Before.of(world, up ? loadedJobs() : Set.of());
        boolean died = dies && runThatDies(checked);
        if (dies && !died) {
            // It came to its end without asking the check that was to kill it, and its report is not the next one's.
            before = Before.of(world, isDirectorAlive() ? loadedJobs() : before.loaded());
        }
        RunTold told = run(checked, approvals);
        world.tell("run" + (checked ? " with a check" : "") + (died ? " after one that died" : "")
                + (approvals.isEmpty() ? "" : " --approve " + approvals) + ": exit code " + told.exitCode()
                + ", reload " + told.reload());
        note(told, died);
        boolean alive = isDirectorAlive();
        List<String> broken = checks.check(
                before,
                new CampaignChecks.Run(
                        checked, !approvals.isEmpty(), died, told, alive ? loadedJobs() : before.loaded()));
        if (!broken.isEmpty()) {
            return String.join("\n", broken) + "\n" + told.words();
        }
        Optional<String> further = furtherCheck();
        if (further.isPresent()) {
            return "BROKEN: " + further.get() + "\n" + told.words();
        }
        String down = lookAtDirector(alive, told);
        if (!down.isEmpty()) {
            return down;
        }
        if (approvals.isEmpty() && !told.digests().isEmpty() && world.random().nextBoolean()) {
            tally.saw("approved");
            return runAndCheck(checked, told.digests(), false);
        }
        return told.exitCode() == 0 && world.random().nextInt(4) == 0 ? again(checked) : "";
    }

    /** A Director that is down of a typing mistake is none of our business; now and then somebody restarts it. */
    private String lookAtDirector(boolean alive, RunTold told) throws Exception {
        boolean excused = world.hasTypo() || told.warnsFirst() || checks.isListRefused();
        if (!alive && !world.hasTypo() && !checks.isListRefused()) {
            return "BROKEN: the Director does not die of a list that is right\n" + told.words();
        }
        if (alive && (checks.isListRefused() || world.random().nextInt(4) > 0)) {
            return "";
        }
        tally.saw(alive ? "restarted" : "started again");
        world.tell("restart of the Director");
        return restartDirector() || excused ? "" : "BROKEN: a Director that is restarted comes up\n" + told.words();
    }

    /** After exit code 0, a second run has nothing to do. */
    private String again(boolean checked) throws Exception {
        FileTree before = FileTree.of(world.base()).forDirector();
        RunTold told = run(checked, Set.of());
        return FileTree.of(world.base()).forDirector().equals(before) && told.exitCode() == 0
                ? ""
                : "BROKEN: after exit code 0 a second run has nothing to do\n" + told.words();
    }

    private void note(RunTold told, boolean died) {
        told.vms().forEach(vm -> tally.saw("outcome " + vm.outcome()));
        tally.saw("exit code " + told.exitCode());
        tally.saw("reload " + told.reload());
        note(died, "died");
        note(told.isUnpublished(), "list not published");
        note(told.words().contains("does not name this one. If it is a copy"), "copy");
        note(told.words().contains("check of the Director's configuration refuse"), "refused by the check");
    }

    private void note(boolean happened, String what) {
        if (happened) {
            tally.saw(what);
        }
    }
}

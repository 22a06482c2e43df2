package io.perdure.tools.torture;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.tools.torture.Surroundings.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run: load, deaths, and what came of it. For one thread; ends all processes and threads that it starts. */
public final class Torture {

    private static final long JOIN_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long QUIET_HERE_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long QUIET_ELSEWHERE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long TURN_MS = 20;

    private final Plan plan;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final long startNs = System.nanoTime();
    private final Findings findings = new Findings();
    private final Judge judge = new Judge(findings);
    private final Surroundings around = new Surroundings(judge, findings);
    private final SplittableRandom random;
    private final Names names;
    private final Roster roster;
    private final List<Long> restartsMs = new ArrayList<>();
    private int cycles;

    private Torture(Plan plan, Progress progress, BooleanSupplier stopped) {
        this.plan = plan;
        this.progress = progress;
        this.stopped = stopped;
        this.random = new SplittableRandom(plan.seed());
        String now = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        this.names = new Names(now.substring(now.length() - 6));
        this.roster = new Roster(around, names, random.split(), plan.target() != null);
    }

    /**
     * Makes a run.
     *
     * @param stopped whether it is to end early
     * @throws TortureException if it could not be made
     */
    public static TortureReport run(Plan plan, Progress progress, BooleanSupplier stopped) throws TortureException {
        Torture torture = new Torture(plan, progress, stopped);
        try {
            return plan.target() == null ? torture.here() : torture.elsewhere(plan.target());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TortureException("interrupted");
        }
    }

    private TortureReport here() throws TortureException, InterruptedException {
        Path directory;
        try {
            directory = Files.createTempDirectory(plan.directory(), "perdure-torture-");
        } catch (IOException e) {
            throw new TortureException("can't make a directory in " + plan.directory() + ": " + e.getMessage());
        }
        boolean keep = plan.keep();
        try {
            TortureReport.Disk disk = DiskProbe.measure(directory);
            progress.say("store on " + disk.name() + ", " + disk.type() + ": a sync takes " + disk.syncP50Us() + " us");
            boolean drained;
            String description;
            int deaths;
            try (LocalBroker broker = new LocalBroker(plan, directory.resolve("data"), random.split())) {
                drained = torture(broker);
                description = broker.description();
                deaths = broker.deaths();
            }
            keep |= findings.broken() > 0;
            return report(description, deaths, drained, disk, keep ? directory : null);
        } catch (IOException e) {
            throw new TortureException("can't use " + directory + ": " + e.getMessage());
        } finally {
            if (!keep) {
                delete(directory);
            }
        }
    }

    private TortureReport elsewhere(Target target) throws TortureException, InterruptedException {
        Client knocker = new Client(
                new Client.Settings(names.client("knocker"), MqttVersion.V5, false, 0),
                around,
                (message, publish, trace) -> {});
        try (RemoteBroker broker = new RemoteBroker(target, knocker, around)) {
            boolean drained = torture(broker);
            return report(broker.description(), broker.deaths(), drained, null, null);
        }
    }

    private TortureReport report(
            String description, int deaths, boolean drained, TortureReport.@Nullable Disk disk, @Nullable Path kept) {
        return new TortureReport(
                description,
                deaths,
                judge.acknowledged(),
                judge.deliveries(),
                judge.refusals(),
                List.copyOf(restartsMs),
                drained,
                elapsedMs(),
                disk,
                kept,
                findings.rows(),
                findings.evidence());
    }

    /** Returns whether there was time for all that was owed to come. */
    private boolean torture(Subject broker) throws TortureException, InterruptedException {
        around.up(broker.begin());
        int retainer = roster.addRetainer();
        int wills = judge.addPublisher("Wills", 1, false);
        try (Probes probes = new Probes(around, names, wills, retainer)) {
            boolean drained = begin() && live(broker, probes) && drain();
            judge.settle(drained);
            if (plan.target() != null) {
                clear(probes);
            }
            return drained;
        } finally {
            end();
        }
    }

    private boolean begin() throws TortureException, InterruptedException {
        for (int index = 0; index < plan.clients(); index++) {
            roster.addPublisher(index, (double) plan.messagesPerSecond() / plan.clients());
            roster.addSubscriber(index);
        }
        roster.addGroup();
        roster.subscribers().forEach(Participant::start);
        long deadlineNs = System.nanoTime() + JOIN_NS;
        while (!roster.subscribers().stream().allMatch(Participant::joined)) {
            if (stopped.getAsBoolean()) {
                return false;
            }
            if (System.nanoTime() > deadlineNs) {
                throw new TortureException("not all subscribers could subscribe; does the broker allow it?");
            }
            around.pause(TURN_MS);
        }
        roster.publishers().forEach(Participant::start);
        return true;
    }

    /** Lets it live and die; returns whether it lives at the end. */
    private boolean live(Subject broker, Probes probes) {
        try {
            while (cycles < plan.cycles() && !stopped.getAsBoolean()) {
                if (!die(broker, probes)) {
                    return plan.target() != null;
                }
                around.down();
                probes.died();
                judge.died();
                findings.checked(Check.STARTS, 1);
                if (!broker.comeBack(stopped)) {
                    return false;
                }
                around.up(broker.target());
                cycles++;
                restartsMs.add(broker.returnMs());
                progress.cycle(state(broker));
            }
            probes.visit();
            return true;
        } catch (IOException e) {
            if (!stopped.getAsBoolean()) {
                findings.broken(Check.STARTS, String.valueOf(e.getMessage()), null);
            }
            return false;
        }
    }

    /** One life; false if the run was stopped first. */
    private boolean die(Subject broker, Probes probes) throws IOException {
        Client visitor;
        try {
            visitor = probes.visit();
        } catch (IOException e) {
            if (plan.target() == null) {
                throw e;
            }
            return true; // who kills it does not wait for us
        }
        return broker.die(visitor, stopped);
    }

    private Progress.State state(Subject broker) {
        return new Progress.State(
                cycles,
                plan.cycles(),
                judge.acknowledged(),
                judge.deliveries(),
                findings.broken(),
                broker.returnMs(),
                elapsedMs());
    }

    /** Lets everything arrive; what does not come within a time of silence is not coming. */
    private boolean drain() throws InterruptedException {
        progress.say("waiting for all that is owed");
        around.phase(Phase.DRAIN);
        long quietNs = plan.target() == null ? QUIET_HERE_NS : QUIET_ELSEWHERE_NS;
        long before = -1;
        long sinceNs = System.nanoTime();
        while (judge.missing() > 0 || !everybody().allMatch(participant -> participant.unfinished() == null)) {
            long now = judge.deliveries() + judge.acknowledged();
            if (now != before) {
                before = now;
                sinceNs = System.nanoTime();
            } else if (System.nanoTime() - sinceNs > quietNs) {
                break;
            }
            around.pause(TURN_MS);
        }
        everybody().forEach(participant -> {
            String open = participant.unfinished();
            if (open != null) {
                judge.complain(open, participant.trace());
            }
        });
        return true;
    }

    private Stream<Participant> everybody() {
        return Stream.concat(roster.publishers().stream(), roster.subscribers().stream());
    }

    private void clear(Probes probes) {
        try {
            probes.clear();
        } catch (IOException e) {
            progress.say("could not clean up: sessions and retained messages of perdure-torture/" + names.run()
                    + " are left (" + e.getMessage() + ")");
        }
    }

    private void end() throws InterruptedException {
        around.phase(Phase.END);
        for (Participant participant : everybody().toList()) {
            participant.join();
        }
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    private void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            progress.say("can't delete " + directory + ": " + e.getMessage());
        }
    }
}

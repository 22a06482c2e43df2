package io.perdure.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one connection asks of the ledger after one read burst.
 *
 * <p>Filled by the connection's event loop, owned by the ledger from {@link Store#submit} on, and handed back by {@link
 * SessionLink#completed} once all of it is durable. A submission of an older generation is discarded and not handed
 * back. The acknowledgements take effect first, then the commands in their order.
 */
public final class Submission {

    private final SessionLink link;
    private final @Nullable SessionRef session;
    private final long generation;
    private final List<Command> commands = new ArrayList<>();
    private long[] finished = new long[16];
    private int finishedCount;
    private long[] received = new long[4];
    private int receivedCount;
    private long wantedSentLimit;
    private boolean barrier;
    private long weightBytes = 256;
    private long sentLimit;
    private long durableHead;
    private volatile boolean delivered;

    /**
     * @param session the attached session; null for the submission that holds the {@link Command.Attach}
     * @param generation the generation that the attachment got
     */
    public Submission(SessionLink link, @Nullable SessionRef session, long generation) {
        this.link = link;
        this.session = session;
        this.generation = generation;
    }

    /** Appends a command. */
    public void add(Command command) {
        commands.add(command);
        weightBytes += command.weightBytes();
    }

    /** The subscriber is done with a delivery: PUBACK, PUBCOMP, PUBREC with an error, or it need not be sent any more. */
    public void finished(long sequence) {
        if (finishedCount == finished.length) {
            finished = Arrays.copyOf(finished, finishedCount * 2);
        }
        finished[finishedCount++] = sequence;
    }

    /** The subscriber sent PUBREC: when this is handed back, PUBREL may leave. */
    public void received(long sequence) {
        if (receivedCount == received.length) {
            received = Arrays.copyOf(received, receivedCount * 2);
        }
        received[receivedCount++] = sequence;
    }

    /** The connection wants to send sequences below {@code limit}; see {@link #sentLimit()}. */
    public void wantSentLimit(long limit) {
        wantedSentLimit = Math.max(wantedSentLimit, limit);
    }

    /**
     * When this is handed back, everything that the connection submitted before is durable, acknowledgements included
     * (which otherwise wait for nothing).
     */
    public void barrier() {
        barrier = true;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return commands.isEmpty() && finishedCount == 0 && receivedCount == 0 && wantedSentLimit == 0 && !barrier;
    }

    public SessionLink link() {
        return link;
    }

    public @Nullable SessionRef session() {
        return session;
    }

    public long generation() {
        return generation;
    }

    /** The commands, in order. */
    public List<Command> commands() {
        return commands;
    }

    public int finishedCount() {
        return finishedCount;
    }

    public long finishedAt(int index) {
        return finished[index];
    }

    public int receivedCount() {
        return receivedCount;
    }

    public long receivedAt(int index) {
        return received[index];
    }

    public long wantedSentLimit() {
        return wantedSentLimit;
    }

    public boolean isBarrier() {
        return barrier;
    }

    /** What it weighs against the bound of the ledger's mailbox. */
    public long weightBytes() {
        return weightBytes + 8L * (finishedCount + receivedCount);
    }

    /** Outcome: sequences below may be sent. */
    public long sentLimit() {
        return sentLimit;
    }

    /** Outcome: all sequences below are finished durably. */
    public long durableHead() {
        return durableHead;
    }

    /** For the ledger: sets the outcome. */
    public void complete(long sentLimit, long durableHead) {
        this.sentLimit = sentLimit;
        this.durableHead = durableHead;
    }

    /**
     * Whether what its commands had to deliver is with all event loops: until then, what goes from one loop to another
     * could still overtake it. Turns true right after it was handed back.
     */
    public boolean isDelivered() {
        return delivered;
    }

    /** For the ledger: what it had to deliver is with all event loops. */
    public void delivered() {
        delivered = true;
    }
}

package io.perdure.storage.ledger;

import io.perdure.storage.Command;
import io.perdure.storage.Entry;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session in memory. Owned by the ledger's thread, but for {@link #link()}. Its queue is in the store.
 *
 * <p>A session whose expiry interval is 0 ends with its connection, and so with any crash: unless it is {@link #recorded},
 * only its session row and its queue (which a slow connection reads back) are stored.
 */
final class SessionState implements SessionRef {

    /** The end of the queue is not known yet: it is looked up when first needed, so that a start reads no queue. */
    static final long UNKNOWN = -1;

    final String clientId;
    final int slot;
    final long id;
    final long createdMs;
    final Cursor cursor = new Cursor();

    long generation;
    long expiryS;
    long attachedAtMs;
    /** 0 while connected. */
    long detachedAtMs;

    @Nullable
    Will will;
    /** 0: not due, since the client is connected, or was when the broker stopped. */
    long willDueMs;
    /** The Will is due only because the broker stopped: set by recovery. */
    boolean willFromStop;
    /** It has ended, and is kept only for its Will. */
    boolean ghost;
    /** The Will is due, and waits for space. */
    boolean willWaits;

    /** It has or had a Shared Subscription: its queue may hold what has to go back to the group. */
    boolean shared;
    /** Its Shared Subscriptions. */
    private List<Member> memberships = List.of();
    /** While attached: with so many unfinished messages it gets no more from its groups. */
    int shareLimit;

    /**
     * All of it is stored, and what is told of it synced: it was to outlive a connection at some time, or a crash has to
     * leave enough of it to give back what came by its Shared Subscriptions.
     */
    boolean recorded;

    /** See {@link Command.Attach#closesWhenRefused}. */
    boolean closesWhenRefused;
    /** Its connection is about to be closed since a PUBLISH was refused. */
    boolean refused;

    boolean ended;
    long tail = UNKNOWN;
    long trimmedTo = 1;
    boolean queueStored;
    /** Due time of its timer; changed by {@link Shard#schedule} only. */
    long timerMs = Long.MAX_VALUE;
    /** The group of the ledger that last appended to its queue. */
    long appendedInGroup = -1;

    boolean cursorDirty;
    boolean cursorUnsynced;
    boolean trimListed;
    /** Entries of the group being built, for the connection; null: nothing. */
    @Nullable
    List<Entry> outgoing;

    long outgoingFrom;

    private @Nullable SessionLink attached;
    private volatile @Nullable SessionLink published;

    @Nullable
    Submission waitingAttach;

    private Map<String, Subscription> subscriptions = Map.of();
    private @Nullable BitSet inbound;

    /** Retained replays under way, by Topic Filter. */
    private Map<String, RetainedReplays.Job> replays = Map.of();

    SessionState(String clientId, int slot, long id, long createdMs) {
        this.clientId = clientId;
        this.slot = slot;
        this.id = id;
        this.createdMs = createdMs;
    }

    @Override
    public String clientId() {
        return clientId;
    }

    @Override
    public @Nullable SessionLink link() {
        return published;
    }

    /** The connection, as decided; others see it after the commit. */
    @Nullable
    SessionLink attached() {
        return attached;
    }

    boolean connected() {
        return attached != null;
    }

    /** What the group being built has for the connection before is left to the queue: a delivery is without gaps. */
    void attach(@Nullable SessionLink link) {
        attached = link;
        outgoing = null;
    }

    /** Makes the decided connection visible. */
    void publishLink() {
        published = attached;
    }

    /** Whether it ends when its connection does. */
    boolean endsWithConnection() {
        return expiryS == 0;
    }

    /** When it expires, given that it is not connected. */
    long expiresAtMs() {
        return expiryS == Command.NO_EXPIRY ? Long.MAX_VALUE : detachedAtMs + expiryS * 1000;
    }

    List<Member> memberships() {
        return memberships;
    }

    void join(Member member) {
        if (memberships.isEmpty()) {
            memberships = new ArrayList<>(1);
        }
        memberships.add(member);
    }

    void leave(Member member) {
        if (!memberships.isEmpty()) {
            memberships.remove(member);
        }
    }

    Map<String, RetainedReplays.Job> replays() {
        return replays;
    }

    void putReplay(RetainedReplays.Job job) {
        if (replays.isEmpty()) {
            replays = new HashMap<>(2);
        }
        replays.put(job.topicFilter, job);
    }

    RetainedReplays.@Nullable Job removeReplay(String topicFilter) {
        return replays.isEmpty() ? null : replays.remove(topicFilter);
    }

    Map<String, Subscription> subscriptions() {
        return subscriptions;
    }

    void putSubscription(Subscription s) {
        String filter = s.fullFilter();
        if (subscriptions.isEmpty() || (subscriptions.size() == 1 && subscriptions.containsKey(filter))) {
            subscriptions = Map.of(filter, s); // the usual case, and much smaller than a table
            return;
        }
        if (subscriptions.size() == 1) {
            subscriptions = new HashMap<>(subscriptions);
        }
        subscriptions.put(filter, s);
    }

    void removeSubscription(String fullFilter) {
        if (subscriptions.size() > 1) {
            subscriptions.remove(fullFilter);
        } else if (subscriptions.containsKey(fullFilter)) {
            subscriptions = Map.of();
        }
    }

    boolean hasInbound(int packetId) {
        return inbound != null && inbound.get(packetId);
    }

    void addInbound(int packetId) {
        if (inbound == null) {
            inbound = new BitSet();
        }
        inbound.set(packetId);
    }

    void removeInbound(int packetId) {
        if (inbound != null) {
            inbound.clear(packetId);
            if (inbound.isEmpty()) {
                inbound = null;
            }
        }
    }

    int[] inbound() {
        return inbound == null ? new int[0] : inbound.stream().toArray();
    }

    /** Adds to what the connection gets with this group. */
    void deliver(Entry entry, long fromSequence) {
        if (outgoing == null) {
            outgoing = new ArrayList<>();
            outgoingFrom = fromSequence;
        }
        outgoing.add(entry);
    }

    @Override
    public String toString() {
        return "session " + id + " of " + clientId;
    }
}

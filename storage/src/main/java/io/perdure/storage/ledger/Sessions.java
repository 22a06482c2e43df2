package io.perdure.storage.ledger;

import io.perdure.storage.Attachment;
import io.perdure.storage.Command.Attach;
import io.perdure.storage.Command.Detach;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Subscribe;
import io.perdure.storage.Command.Unsubscribe;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import io.perdure.storage.format.Keys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Life of the sessions: attach, takeover, detach, expiry, Wills, subscriptions. Owned by the ledger's thread.
 *
 * <p>A takeover is a handshake: the new connection is attached when the old one has closed and said what it has sent.
 */
final class Sessions {

    /** {@code sentLimit} is raised by blocks, so that it is written once for many deliveries. */
    static final int SENT_BLOCK = 4096;

    /** How often it is looked whether a Will that waits for space can be published. */
    private static final long WILL_RETRY_MS = 1000;

    private final Shard shard;
    private final Publishing publishing;
    private final SharedGroups groups;
    private final RetainedReplays replays;
    private final Runnable commit;

    /** @param commit commits the group that is being built, so that all rows can be read */
    Sessions(Shard shard, Publishing publishing, SharedGroups groups, RetainedReplays replays, Runnable commit) {
        this.shard = shard;
        this.publishing = publishing;
        this.groups = groups;
        this.replays = replays;
        this.commit = commit;
    }

    void attach(Submission submission, Attach attach, long nowMs) {
        SessionState s = shard.find(attach.clientId());
        if (s == null || s.attached() == null) {
            attachNow(submission, attach, s, nowMs);
            return;
        }
        if (s.waitingAttach == null) {
            shard.group.takeOver(s.attached(), s.generation);
        } else {
            shard.group.complete(s.waitingAttach); // without an attachment: a later connection was faster
        }
        s.waitingAttach = submission;
    }

    private void attachNow(Submission submission, Attach attach, @Nullable SessionState found, long nowMs) {
        SessionState s = found;
        if (s != null && (attach.cleanStart() || s.ghost || nowMs >= s.expiresAtMs())) {
            if (s.willFromStop) {
                s.will = null; // back in time: it is as if it had not been away
            }
            end(s, nowMs);
            s = null;
        }
        boolean present = s != null;
        if (found == null && shard.space.refusesSession(attach.sessionExpiryS() == 0)) {
            attach.refuse();
            shard.group.complete(submission);
            return;
        }
        if (s == null) {
            s = new SessionState(attach.clientId(), Keys.slot(attach.clientId()), shard.newSessionId(), nowMs);
            s.tail = 1;
            shard.add(s);
        }
        s.attach(submission.link());
        shard.connectionAdded();
        s.generation++;
        s.expiryS = attach.sessionExpiryS();
        s.recorded |= !s.endsWithConnection();
        s.shareLimit = Math.min(attach.receiveMaximum(), SharedGroups.MEMBER_LIMIT);
        s.closesWhenRefused = attach.isClosedWhenRefused();
        s.refused = false;
        s.attachedAtMs = nowMs;
        s.detachedAtMs = 0;
        if (s.willWaits) {
            publishWill(s, nowMs); // it was due before the client came back
        }
        s.will = attach.will(); // an earlier one that was not due yet is cancelled [MQTT-3.1.3-9]
        s.willDueMs = 0;
        s.willFromStop = false;
        shard.schedule(s, Long.MAX_VALUE);
        long tail = shard.tail(s);
        long resendBelow = s.cursor.sentLimit();
        s.cursor.raiseSentLimit(Math.max(resendBelow, s.cursor.head()) + SENT_BLOCK);
        shard.group.cursorChanged(s);
        shard.rows().session(s);
        if (s.recorded || s.will != null) {
            shard.group.mustSync();
        }
        attach.complete(new Attachment(
                s,
                s.generation,
                present,
                s.cursor.head(),
                s.cursor.finishedBeyondHead(),
                s.cursor.released(),
                resendBelow,
                s.cursor.sentLimit(),
                tail));
        groups.attached(s);
        shard.group.attachmentChanged(s);
        shard.group.complete(submission);
    }

    void detach(SessionState s, Detach detach, long nowMs) {
        s.attach(null);
        groups.detached(s);
        shard.connectionRemoved();
        shard.group.attachmentChanged(s);
        s.detachedAtMs = nowMs;
        if (detach.sessionExpiryS() >= 0) {
            s.expiryS = detach.sessionExpiryS();
        }
        s.cursor.setSentLimit(detach.sentBelow());
        shard.group.cursorChanged(s);
        boolean stopping = detach.reason() == DetachReason.BROKER_STOPS;
        if (detach.reason() == DetachReason.CLIENT_LEFT) {
            s.will = null; // [MQTT-3.14.4-3]
        }
        s.ghost = s.endsWithConnection() && !stopping && holdsWill(s);
        if (s.endsWithConnection() && !(stopping && s.will != null) && !s.ghost) {
            end(s, nowMs);
        } else {
            if (s.will != null && !stopping) {
                s.willDueMs = nowMs + s.will.delayS() * 1000;
                if (nowMs >= Math.min(s.willDueMs, s.expiresAtMs()) && !holdsWill(s)) {
                    publishWill(s, nowMs);
                }
            }
            if (!stopping) { // else the mark of the stop says when it was
                shard.rows().session(s);
                shard.group.mustSync();
                scheduleNext(s);
            }
            takeBack(s, s.cursor.sentLimit(), nowMs);
        }
        attachWaiting(s, nowMs);
    }

    /** Gives back to its groups what a session has not finished. */
    private void takeBack(SessionState s, long from, long nowMs) {
        if (s.shared) {
            if (s.appendedInGroup == shard.group.number()) {
                commit.run();
            }
            groups.takeBack(s, from, nowMs, commit);
        }
    }

    private void attachWaiting(SessionState s, long nowMs) {
        Submission waiting = s.waitingAttach;
        if (waiting != null) {
            s.waitingAttach = null;
            attachNow(waiting, (Attach) waiting.commands().get(0), s.ended ? null : s, nowMs);
        }
    }

    /** Whether the Will of a session, if it were due now, would have to wait for space. */
    private boolean holdsWill(SessionState s) {
        Will will = s.will;
        return will != null && (will.qos() > 0 || will.retain()) && shard.space.holdsWills();
    }

    private void publishWill(SessionState s, long nowMs) {
        Will will = s.will;
        s.will = null;
        s.willWaits = false;
        s.willDueMs = 0;
        if (will != null) {
            publishing.publishWill(s, will, nowMs);
        }
    }

    private void scheduleNext(SessionState s) {
        long willMs = s.will == null ? Long.MAX_VALUE : s.willDueMs;
        shard.schedule(s, Math.min(willMs, s.expiresAtMs()));
    }

    /** Wills and expiries that are due, as many as one group should hold. */
    void runTimers(long nowMs) {
        while (!shard.group.isFull()) {
            SessionState s = shard.pollDue(nowMs);
            if (s == null) {
                return;
            }
            if (holdsWill(s)) {
                s.willWaits = true;
                shard.schedule(s, nowMs + WILL_RETRY_MS);
            } else if (s.ghost || nowMs >= s.expiresAtMs()) {
                end(s, nowMs);
            } else {
                publishWill(s, nowMs);
                shard.rows().session(s);
                shard.group.mustSync();
                scheduleNext(s);
            }
        }
    }

    /** Ends a session that is not connected; a Will that waits is published [MQTT-3.1.2-8]. */
    void end(SessionState s, long nowMs) {
        List<Subscription> subscriptions = List.copyOf(s.subscriptions().values());
        for (Subscription subscription : subscriptions) {
            shard.unsubscribe(s, subscription);
        }
        for (Subscription subscription : subscriptions) {
            if (subscription.shareName() != null) {
                groups.leave(s, subscription);
            }
        }
        takeBack(s, s.cursor.head(), nowMs);
        publishWill(s, nowMs);
        s.ended = true;
        shard.remove(s);
        replays.cancelAll(s);
        for (Subscription subscription : subscriptions) {
            shard.rows().removeSubscription(s, subscription.fullFilter());
        }
        for (int packetId : s.inbound()) {
            shard.rows().removeInbound(s, packetId);
        }
        if (s.tail == SessionState.UNKNOWN) {
            shard.rows().removeEntries(s, 0, Long.MAX_VALUE);
            shard.entriesGone(s, Long.MAX_VALUE);
        } else if (s.queueStored) {
            shard.rows().removeEntries(s, s.trimmedTo, s.tail);
            shard.entriesGone(s, s.tail);
        }
        shard.rows().removeCursor(s);
        shard.rows().removeSession(s);
        shard.group.mustSyncFor(s);
    }

    void subscribe(SessionState s, Subscribe subscribe) {
        List<Subscription> subscriptions = subscribe.subscriptions();
        boolean[] refused = new boolean[subscriptions.size()];
        for (int i = 0; i < refused.length; i++) {
            refused[i] = shard.space.refusesSubscriptions()
                    && !s.subscriptions().containsKey(subscriptions.get(i).fullFilter());
            if (!refused[i]) {
                subscribe(s, subscriptions.get(i));
            }
        }
        subscribe.refuse(refused);
    }

    private void subscribe(SessionState s, Subscription subscription) {
        Subscription before = s.subscriptions().get(subscription.fullFilter());
        shard.subscribe(s, subscription);
        if (subscription.shareName() != null && !s.shared) {
            s.shared = true;
            s.recorded = true;
            s.cursor.touch();
            shard.group.cursorChanged(s);
            shard.rows().session(s);
        }
        if (s.recorded) {
            shard.rows().subscription(s, subscription);
            shard.group.mustSync();
        }
        if (subscription.shareName() != null) {
            groups.join(s, subscription);
        } else if (wantsRetained(subscription, before) && publishing.anyRetained()) {
            replays.begin(s, subscription);
        }
    }

    /** [MQTT-3.3.1-9] to [MQTT-3.3.1-11]. */
    private static boolean wantsRetained(Subscription subscription, @Nullable Subscription before) {
        return subscription.retainHandling() == 0 || (subscription.retainHandling() == 1 && before == null);
    }

    void unsubscribe(SessionState s, Unsubscribe unsubscribe) {
        boolean[] existed = new boolean[unsubscribe.topicFilters().size()];
        for (int i = 0; i < existed.length; i++) {
            Subscription subscription =
                    s.subscriptions().get(unsubscribe.topicFilters().get(i));
            existed[i] = subscription != null;
            if (subscription != null) {
                remove(s, subscription);
            }
        }
        unsubscribe.complete(existed);
    }

    private void remove(SessionState s, Subscription subscription) {
        shard.unsubscribe(s, subscription);
        shard.rows().removeSubscription(s, subscription.fullFilter());
        shard.group.mustSyncFor(s);
        if (subscription.shareName() == null) {
            replays.cancel(s, subscription.topicFilter());
        } else {
            groups.leave(s, subscription);
        }
    }

    /**
     * For recovery: what became of a session while the broker was down.
     *
     * @param stoppedMs when its connection ended, if it had one
     * @param nowMs now
     * @param graceMs how long its Will waits for the client to come back
     */
    void recover(SessionState s, long stoppedMs, long nowMs, long graceMs) {
        if (s.detachedAtMs == 0) {
            s.detachedAtMs = Math.max(stoppedMs, s.attachedAtMs);
            shard.rows().session(s);
            shard.group.mustSync();
        }
        boolean expired = nowMs >= s.expiresAtMs();
        if (s.will == null || s.willDueMs != 0) {
            s.ghost = expired && holdsWill(s);
            if (expired && !s.ghost) {
                end(s, nowMs);
            } else {
                scheduleNext(s);
            }
            return;
        }
        // the Will of a client that was connected when the broker stopped; its due time stays 0 in the store until it
        // is
        // published, so that another start finds it as this one does
        s.willFromStop = true;
        s.ghost = expired;
        long dueMs = Math.min(s.detachedAtMs + s.will.delayS() * 1000, s.expiresAtMs());
        shard.schedule(s, Math.max(dueMs, nowMs + graceMs));
    }
}

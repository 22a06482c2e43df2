package io.perdure.storage.ledger;

import io.perdure.storage.Command.Publish;
import io.perdure.storage.Command.PublishResult;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import io.perdure.storage.Will;
import io.perdure.storage.format.EntryCodec;
import io.perdure.storage.format.Keys;
import java.util.List;

/**
 * Decides what a PUBLISH changes: the receipt of its publisher, the retained message, an entry in each queue; all in the
 * group that is being built, so all or nothing. Owned by the ledger's thread.
 */
final class Publishing {

    /** A body is stored apart from the queue rows if that saves this many bytes. */
    private static final int SHARED_BODY_SAVES_BYTES = 1024;

    private final Shard shard;
    private final SharedGroups groups;
    private boolean anyRetained;

    Publishing(Shard shard, SharedGroups groups) {
        this.shard = shard;
        this.groups = groups;
    }

    /** Whether there may be a retained message. */
    boolean anyRetained() {
        return anyRetained;
    }

    void setAnyRetained(boolean anyRetained) {
        this.anyRetained = anyRetained;
    }

    void publish(SessionState publisher, Publish p, long nowMs) {
        Message m = p.message();
        if (m.qos() == 2 && publisher.hasInbound(p.packetId())) {
            p.complete(PublishResult.DUPLICATE);
            return;
        }
        if (m.qos() > 0 && refuses(publisher, p)) {
            publisher.refused = true;
            p.complete(PublishResult.REFUSED);
            return;
        }
        if (m.qos() == 2) {
            publisher.addInbound(p.packetId());
            if (publisher.recorded) {
                shard.rows().inbound(publisher, p.packetId(), nowMs);
                shard.group.mustSync();
            }
        }
        if (isStoredAsRetained(p) && shard.space.refusesRetained()) {
            // of QoS 0: it need not be retained, but the earlier one has to go [MQTT-3.3.1-7 of 3.1.1]
            shard.rows().removeRetained(m.topic());
            publish(publisher, m, true, false, p.route());
            p.complete(PublishResult.NOT_RETAINED);
            return;
        }
        p.complete(publish(publisher, m, p.retain(), p.retain(), p.route()));
    }

    private static boolean isStoredAsRetained(Publish p) {
        return p.retain() && p.message().payload().length > 0;
    }

    private boolean refuses(SessionState publisher, Publish p) {
        return (publisher.refused && publisher.closesWhenRefused)
                || (isStoredAsRetained(p) && shard.space.refusesRetained())
                || shard.space.refusesPublish(
                        shard.group.sizeBytes() + p.message().weightBytes());
    }

    void publishWill(SessionState publisher, Will will, long nowMs) {
        long expiresAtMs = will.messageExpiryS() < 0 ? Message.NEVER : nowMs + will.messageExpiryS() * 1000;
        Message m = new Message(will.topic(), will.payload(), will.properties(), will.qos(), nowMs, expiresAtMs);
        publish(publisher, m, will.retain(), will.retain(), shard.router.route(will.topic()));
    }

    /**
     * @param retain the RETAIN flag
     * @param keeps whether it becomes, or removes, the retained message
     */
    private PublishResult publish(SessionState publisher, Message m, boolean retain, boolean keeps, Route proposed) {
        if (keeps) {
            retain(m, publisher.clientId);
        }
        Route route = proposed.version() == shard.router.version() ? proposed : shard.router.route(m.topic());
        List<Route.Target> targets = route.targets(publisher);
        if (targets.isEmpty() && route.shares().isEmpty()) {
            return PublishResult.NO_MATCHING_SUBSCRIBERS;
        }
        long bodyId = m.qos() > 0 && targets.size() > 1 ? sharedBody(m, targets) : 0;
        for (int i = 0; i < targets.size(); i++) {
            Route.Target t = targets.get(i);
            SessionState s = (SessionState) t.session();
            if (s.ended) {
                continue;
            }
            int qos = Math.min(m.qos(), t.maximumQos());
            boolean retainFlag = retain && t.retainAsPublished();
            if (qos == 0) {
                shard.deliverUnqueued(s, m, retainFlag, t.subscriptionIds());
            } else {
                shard.enqueue(s, m, qos, retainFlag, t.subscriptionIds(), bodyId, null);
            }
        }
        for (Route.Share share : route.shares()) {
            groups.publish(share, publisher, m, retain);
        }
        return PublishResult.STORED;
    }

    /** Stores the body apart if it pays. */
    private long sharedBody(Message m, List<Route.Target> targets) {
        int queued = 0;
        for (Route.Target t : targets) {
            queued += t.maximumQos() > 0 ? 1 : 0;
        }
        if ((long) EntryCodec.sizeBytes(m) * (queued - 1) < SHARED_BODY_SAVES_BYTES) {
            return 0;
        }
        long bodyId = shard.newPosition();
        shard.rows().body(bodyId, m);
        return bodyId;
    }

    /** [MQTT-3.3.1-5], [MQTT-3.3.1-6], [MQTT-3.3.1-7]. */
    private void retain(Message m, String publisher) {
        shard.group.mustSync();
        if (m.payload().length == 0) {
            shard.rows().removeRetained(m.topic());
            return;
        }
        anyRetained = true;
        shard.rows().retained(m, shard.newPosition(), publisher);
        if (m.expiresAtMs() != Message.NEVER) {
            shard.expires(m.expiresAtMs(), Keys.EXPIRES_RETAINED, Keys.retained(m.topic()));
        }
    }
}

package io.perdure.tools.torture;

import io.perdure.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears what all clients send and get, and applies the rules. Any thread, one at a time. */
final class Judge {

    private final Findings findings;
    private final List<Publications> publishers = new ArrayList<>();
    private final List<Boolean> streams = new ArrayList<>();
    private final List<Receipts> receivers = new ArrayList<>();
    private final List<Receipts> willWatchers = new ArrayList<>();
    private final List<Message> owedWills = new ArrayList<>();
    private long deliveries;
    private long refused;
    private String refusedBecause = "";

    Judge(Findings findings) {
        this.findings = findings;
    }

    /**
     * Enters a publisher.
     *
     * @param stream whether all receivers subscribe to it, and are owed its order
     * @return its number
     */
    synchronized int addPublisher(String name, int qos, boolean stream) {
        publishers.add(new Publications(name, qos, stream));
        streams.add(stream);
        return publishers.size() - 1;
    }

    /**
     * Enters a receiver.
     *
     * @param ordered whether it is owed the order of each publisher
     * @param wills whether it subscribes to Wills, too
     */
    synchronized Receipts addReceiver(String name, boolean ordered, boolean wills) {
        Receipts receipts = new Receipts(name, ordered);
        receivers.add(receipts);
        if (wills) {
            willWatchers.add(receipts);
        }
        return receipts;
    }

    /** The next message of a publisher, which is about to be sent. */
    synchronized Message next(int publisher) {
        return new Message(publisher, publishers.get(publisher).next());
    }

    synchronized void publishedAgain(Message message) {
        publishers.get(message.publisher()).publishedAgain(message.number());
    }

    synchronized void acknowledged(Message message) {
        publishers.get(message.publisher()).acknowledge(message.number());
    }

    /** The broker has refused a message: it does not owe it to anyone. */
    synchronized void refused(ReasonCode code) {
        refused++;
        refusedBecause = code.toString();
    }

    /** How many were refused and why, or "". */
    synchronized String refusals() {
        return refused == 0 ? "" : refused + " (" + refusedBecause + ")";
    }

    /** The last message of a publisher that was acknowledged; 0 if none. */
    synchronized long lastAcknowledged(int publisher) {
        return publishers.get(publisher).lastAcknowledged();
    }

    /** The last message of a publisher that was sent; 0 if none. */
    synchronized long lastSent(int publisher) {
        return publishers.get(publisher).sent();
    }

    /** A delivery of a message that is no repetition by its Packet Identifier. */
    synchronized void received(Receipts receipts, Message message, int qos, Trace trace) {
        deliveries++;
        if (message.publisher() >= publishers.size()) {
            findings.broken(Check.PROTOCOL, receipts.name() + " got " + message + " of nobody", trace);
            return;
        }
        Publications publications = publishers.get(message.publisher());
        findings.checked(qos == 2 && publications.qos() == 2 ? Check.TWICE : Check.REPEATED, 1);
        findings.checked(Check.ORDER, 1);
        Receipts.Complaint complaint = receipts.take(message, qos, publications);
        if (complaint != null) {
            findings.broken(complaint.check(), complaint.what(), trace);
        }
    }

    /** The broker has died while the client of this Will was connected. */
    synchronized void willOwed(Message will) {
        owedWills.add(will);
    }

    /** The broker has died. */
    synchronized void died() {
        publishers.forEach(Publications::died);
    }

    /** Messages acknowledged so far. */
    synchronized long acknowledged() {
        return publishers.stream().mapToLong(Publications::count).sum();
    }

    /** Deliveries so far, without what was sent again. */
    synchronized long deliveries() {
        return deliveries;
    }

    /** How many deliveries and Wills are owed and have not come. */
    synchronized long missing() {
        long[] missing = new long[1];
        eachLoss(true, loss -> missing[0] += loss.missing.count());
        return missing[0] + missingWills(will -> {});
    }

    /**
     * What has not come by now is lost.
     *
     * @param drained whether there was time for all of it to come; if not, only what was left out counts: older than
     *     something that came
     */
    synchronized void settle(boolean drained) {
        for (int i = 0; i < publishers.size(); i++) {
            for (Receipts receipts : receivers) {
                long owed = drained ? publishers.get(i).count() : receipts.reached(i);
                findings.checked(Check.LOST, streams.get(i) ? owed : 0);
            }
        }
        eachLoss(drained, loss -> findings.broken(Check.LOST, loss.missing.count(), loss.describe(), null));
        if (drained) {
            findings.checked(Check.WILLS, (long) owedWills.size() * willWatchers.size());
            missingWills(what -> findings.broken(Check.WILLS, what, null));
        }
    }

    private record Loss(Receipts receipts, int publisher, Publications publications, Receipts.Missing missing) {

        String describe() {
            Message first = new Message(publisher, missing.first());
            return receipts.name() + " has not got " + missing.count() + " acknowledged messages of "
                    + publications.name() + " (QoS " + publications.qos() + "), the first is " + first
                    + ", acknowledged before the broker's death number "
                    + (publications.deathsBefore(missing.first()) + 1);
        }
    }

    private void eachLoss(boolean drained, Consumer<Loss> action) {
        for (int i = 0; i < publishers.size(); i++) {
            if (!streams.get(i)) {
                continue;
            }
            for (Receipts receipts : receivers) {
                Receipts.Missing missing = receipts.missing(i, publishers.get(i), drained);
                if (missing.count() > 0) {
                    action.accept(new Loss(receipts, i, publishers.get(i), missing));
                }
            }
        }
    }

    private long missingWills(Consumer<String> action) {
        long missing = 0;
        for (Message will : owedWills) {
            for (Receipts watcher : willWatchers) {
                if (!watcher.has(will)) {
                    missing++;
                    action.accept(watcher.name() + " has not got the Will " + will
                            + " of a client that was connected when the broker died");
                }
            }
        }
        return missing;
    }

    /** What came on a client's resumption was not as it should be. */
    void complain(@Nullable String complaint, Trace trace) {
        findings.checked(Check.IDENTIFIERS, 1);
        if (complaint != null) {
            findings.broken(Check.IDENTIFIERS, trace.clientId() + " " + complaint, trace);
        }
    }
}

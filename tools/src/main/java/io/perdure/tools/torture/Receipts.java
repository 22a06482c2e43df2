package io.perdure.tools.torture;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one receiver has got: a session, or all members of a share group together. It subscribed before the publishers
 * began. Not thread-safe; holds gaps and repetitions only.
 */
final class Receipts {

    private static final class FromOne {
        private final TreeSet<Long> missing = new TreeSet<>();
        private final Map<Long, Integer> copies = new HashMap<>();
        private long last;
    }

    private final String name;
    private final boolean ordered;
    private final Map<Integer, FromOne> publishers = new HashMap<>();

    /** @param ordered whether it is owed the order of each publisher; the members of a group are not */
    Receipts(String name, boolean ordered) {
        this.name = name;
        this.ordered = ordered;
    }

    String name() {
        return name;
    }

    private FromOne from(int publisher) {
        return publishers.computeIfAbsent(publisher, p -> new FromOne());
    }

    /** What is said of a delivery that is broken. */
    record Complaint(Check check, String what) {}

    /** A delivery that is no repetition by its Packet Identifier; null if all is well. */
    @Nullable
    Complaint take(Message message, int qos, Publications publications) {
        FromOne from = from(message.publisher());
        long number = message.number();
        if (number > publications.sent()) {
            return new Complaint(Check.PROTOCOL, name + " got " + message + ", which was never sent");
        }
        if (number > from.last) {
            for (long skipped = from.last + 1; skipped < number; skipped++) {
                from.missing.add(skipped);
            }
            from.last = number;
            return null;
        }
        if (from.missing.remove(number)) {
            return ordered && publications.ordered()
                    ? new Complaint(
                            Check.ORDER,
                            name + " got " + message + " of " + publications.name() + " after number " + from.last)
                    : null;
        }
        int copies = from.copies.merge(number, 1, Integer::sum) + 1;
        int allowed = publications.copiesAllowed(number);
        if (copies <= allowed) {
            return null;
        }
        boolean once = qos == 2 && publications.qos() == 2;
        return new Complaint(
                once ? Check.TWICE : Check.REPEATED,
                name + " got " + message + " of " + publications.name() + " (QoS " + publications.qos() + ") " + copies
                        + " times; it was published " + (allowed == 1 ? "once" : allowed + " times"));
    }

    boolean has(Message message) {
        FromOne from = publishers.get(message.publisher());
        return from != null && message.number() <= from.last && !from.missing.contains(message.number());
    }

    /** How many acknowledged messages it lacks, and the first of them. */
    record Missing(long count, long first) {}

    /** @param all false to leave out what may still be on its way */
    Missing missing(int publisher, Publications publications, boolean all) {
        FromOne from = from(publisher);
        long count = 0;
        long first = 0;
        for (long number : all || ordered ? from.missing : Set.<Long>of()) {
            if (publications.acknowledged(number)) {
                first = count++ == 0 ? number : first;
            }
        }
        if (all && publications.lastAcknowledged() > from.last) {
            first = count == 0 ? from.last + 1 : first;
            count += publications.count() - publications.countUpTo(from.last);
        }
        return new Missing(count, first);
    }

    /** How far it has got. */
    long reached(int publisher) {
        return from(publisher).last;
    }
}

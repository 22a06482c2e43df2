package io.perdure.tools.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one publisher knows of its messages, which it numbers from 1. Not thread-safe; holds what is under way, how
 * often those were published that were published more than once, and a number for each death of the broker.
 */
final class Publications {

    private final String name;
    private final int qos;
    private final boolean ordered;
    private final Map<Long, Integer> again = new HashMap<>();
    private final TreeSet<Long> acknowledgedBeyond = new TreeSet<>();
    private final List<Long> acknowledgedByCycle = new ArrayList<>();
    private long sent;
    private long acknowledged;

    /** @param ordered whether receivers are owed its order */
    Publications(String name, int qos, boolean ordered) {
        this.name = name;
        this.qos = qos;
        this.ordered = ordered;
    }

    String name() {
        return name;
    }

    int qos() {
        return qos;
    }

    boolean ordered() {
        return ordered;
    }

    /** The next message goes out for the first time; returns its number. */
    long next() {
        return ++sent;
    }

    /** It is published once more, and the broker can't know that it is the same. */
    void publishedAgain(long number) {
        again.merge(number, 1, Integer::sum);
    }

    /** The broker has taken it: PUBACK or PUBREC. */
    void acknowledge(long number) {
        if (number > acknowledged) {
            acknowledgedBeyond.add(number);
        }
        while (acknowledgedBeyond.remove(acknowledged + 1)) {
            acknowledged++;
        }
    }

    long sent() {
        return sent;
    }

    /** How many were acknowledged without a gap. */
    long acknowledged() {
        return acknowledged;
    }

    boolean acknowledged(long number) {
        return number <= acknowledged || acknowledgedBeyond.contains(number);
    }

    /** How many were acknowledged. */
    long count() {
        return acknowledged + acknowledgedBeyond.size();
    }

    /** How many were acknowledged of those up to a number. */
    long countUpTo(long number) {
        return number <= acknowledged
                ? number
                : acknowledged + acknowledgedBeyond.headSet(number, true).size();
    }

    /** The last that was acknowledged; 0 if none. */
    long lastAcknowledged() {
        return acknowledgedBeyond.isEmpty() ? acknowledged : acknowledgedBeyond.last();
    }

    /** The broker has died once more. */
    void died() {
        acknowledgedByCycle.add(acknowledged);
    }

    /** After how many deaths of the broker it was acknowledged. */
    int deathsBefore(long number) {
        int deaths = 0;
        while (deaths < acknowledgedByCycle.size() && acknowledgedByCycle.get(deaths) < number) {
            deaths++;
        }
        return deaths;
    }

    /** How many times a receiver may get it as a message of its own. */
    int copiesAllowed(long number) {
        return 1 + again.getOrDefault(number, 0);
    }
}

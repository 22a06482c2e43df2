package io.perdure.storage.ledger;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One after the other. Members without room are set aside until they have some, so a turn costs the same for any number. */
final class RoundRobin implements Turns {

    /** Those that had room when they were looked at last, the next one first. */
    private final Set<Member> line = new LinkedHashSet<>();

    @Override
    public void add(Member member) {
        line.add(member);
    }

    @Override
    public void remove(Member member) {
        line.remove(member);
    }

    @Override
    public void freed(Member member) {
        line.add(member);
    }

    @Override
    public @Nullable Member next(long publisher) {
        Iterator<Member> first = line.iterator();
        while (first.hasNext()) {
            Member member = first.next();
            first.remove();
            if (member.hasRoom()) {
                line.add(member);
                return member;
            }
        }
        return null;
    }
}

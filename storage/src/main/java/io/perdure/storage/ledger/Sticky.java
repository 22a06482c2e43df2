package io.perdure.storage.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The same member for all messages of a publisher, while it has room.
 *
 * <p>Rendezvous hashing: publisher and member make a weight, and the heaviest member with room is taken. So a member that
 * goes leaves its own publishers to others and moves nobody else's, and one that comes takes an equal part of everybody's.
 * The favourites of publishers are kept, {@value #FAVOURITES} at most; only if one has no room are all members looked at.
 */
final class Sticky implements Turns {

    private static final int FAVOURITES = 4096;

    private final List<Member> members = new ArrayList<>();
    private final Map<Long, Member> favourites = new HashMap<>();

    /** What stands for a Client Identifier here and in the store: the same in all versions and on all machines. */
    static long hash(String clientId) {
        long h = 0xCBF2_9CE4_8422_2325L;
        for (int i = 0; i < clientId.length(); i++) {
            h = (h ^ clientId.charAt(i)) * 0x0000_0100_0000_01B3L;
        }
        return mix(h);
    }

    private static long mix(long x) {
        long z = (x ^ x >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    @Override
    public void add(Member member) {
        members.add(member);
        favourites.clear();
    }

    @Override
    public void remove(Member member) {
        members.remove(member);
        favourites.values().removeIf(favourite -> favourite == member);
    }

    @Override
    public void freed(Member member) {
        // it is looked at whenever it comes up
    }

    @Override
    public @Nullable Member next(long publisher) {
        Member favourite = favourites.get(publisher);
        if (favourite == null) {
            favourite = heaviest(publisher, false);
            if (favourite == null) {
                return null;
            }
            if (favourites.size() == FAVOURITES) {
                favourites.clear();
            }
            favourites.put(publisher, favourite);
        }
        return favourite.hasRoom() ? favourite : heaviest(publisher, true);
    }

    private @Nullable Member heaviest(long publisher, boolean withRoom) {
        Member best = null;
        long most = 0;
        for (Member member : members) {
            if (withRoom && !member.hasRoom()) {
                continue;
            }
            long weight = mix(publisher ^ member.hash);
            if (best == null || Long.compareUnsigned(weight, most) > 0) {
                best = member;
                most = weight;
            }
        }
        return best;
    }
}

package io.perdure.server.routing;

import io.perdure.server.routing.FilterTree.Branches;
import io.perdure.server.routing.FilterTree.Node;
import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One search of one Topic Name in a {@link FilterTree}. One thread; the stack grows with the depth of the tree. */
final class TreeMatch {

    private final FilterTree tree;
    private final byte[] topic;
    private final List<Subscription> single;
    private final List<Route.Share> shares;
    private @Nullable Branches[] branchesLeft = new @Nullable Branches[8];
    private int[] placesLeft = new int[8];
    private int left;

    TreeMatch(FilterTree tree, byte[] topic, List<Subscription> single, List<Route.Share> shares) {
        this.tree = tree;
        this.topic = topic;
        this.single = single;
        this.shares = shares;
    }

    /** Appends the subscribers of all filters that match to the two lists. */
    void run() {
        Branches branches = tree.root();
        int place = 0;
        while (branches != null) {
            visit(branches, place);
            branches = null;
            if (left > 0) {
                left--;
                branches = branchesLeft[left];
                place = placesLeft[left];
            }
        }
    }

    private void visit(Branches branches, int place) {
        boolean wildcards = place > 0 || topic[0] != '$'; // [MQTT-4.7.2-1]
        Node all = branches.allLevels;
        if (all != null && wildcards) {
            Subscribers.copyTo(all.subscribers, single, shares);
        }
        if (place > topic.length) {
            return;
        }
        int end = Levels.end(topic, place);
        Node any = branches.anyLevel;
        if (any != null && wildcards) {
            enter(any, end + 1);
        }
        Node literal = tree.literal(branches, topic, place, end);
        if (literal != null) {
            enter(literal, end + 1);
        }
    }

    private void enter(Node node, int from) {
        int place = node.path == null ? from : Levels.match(node.path, topic, from);
        if (place == Levels.NO_MATCH) {
            return;
        }
        if (place > topic.length) {
            Subscribers.copyTo(node.subscribers, single, shares);
        }
        Branches branches = node.branches;
        if (branches != null) {
            if (left == placesLeft.length) {
                branchesLeft = Arrays.copyOf(branchesLeft, left * 2);
                placesLeft = Arrays.copyOf(placesLeft, left * 2);
            }
            branchesLeft[left] = branches;
            placesLeft[left] = place;
            left++;
        }
    }
}

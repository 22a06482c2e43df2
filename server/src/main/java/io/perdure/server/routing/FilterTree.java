package io.perdure.server.routing;

import io.perdure.storage.Subscription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Topic Filters that have wildcards: a tree that branches on levels, in which levels without a branch take no node.
 *
 * <pre>
 * a/+/x/y   a/+/x/z/#   b/#         root
 *                                    |- a  path "+/x"
 *                                    |       |- y             : subscribers
 *                                    |       |- z  path "#"   : subscribers
 *                                    |- b  path "#"           : subscribers
 * </pre>
 *
 * So there are at most twice as many nodes as filters, however deep these are, and nothing here calls itself. One writer,
 * any number of readers: a reader sees each filter that stays, and one that comes or goes meanwhile or not.
 */
final class FilterTree {

    /** One branch: the level that leads to it, the levels behind that without a branch, and what is there. */
    static final class Node extends KeyTable.Keyed {
        final byte @Nullable [] path;
        volatile @Nullable Object subscribers;
        volatile @Nullable Branches branches;

        Node(byte[] key, int hash, byte @Nullable [] path, @Nullable Object subscribers, @Nullable Branches branches) {
            super(key, hash);
            this.path = path;
            this.subscribers = subscribers;
            this.branches = branches;
        }

        private int pathLength() {
            return path == null ? -1 : path.length;
        }
    }

    /** The nodes that a place branches into. */
    static final class Branches {
        volatile @Nullable Node anyLevel;
        volatile @Nullable Node allLevels;
        volatile @Nullable KeyTable<Node> literals;

        private void put(Node node) {
            if (isWildcard(node.key, '+')) {
                anyLevel = node;
            } else if (isWildcard(node.key, '#')) {
                allLevels = node;
            } else {
                KeyTable<Node> table = literals;
                if (table == null) {
                    table = new KeyTable<>();
                    literals = table;
                }
                table.put(node);
            }
        }

        private void remove(Node node) {
            KeyTable<Node> table = literals;
            if (isWildcard(node.key, '+')) {
                anyLevel = null;
            } else if (isWildcard(node.key, '#')) {
                allLevels = null;
            } else if (table != null) {
                table.remove(node);
                if (table.size() == 0) {
                    literals = null;
                }
            }
        }

        private int size() {
            KeyTable<Node> table = literals;
            return (table == null ? 0 : table.size()) + (anyLevel == null ? 0 : 1) + (allLevels == null ? 0 : 1);
        }

        private @Nullable Node first() {
            Node wildcard = anyLevel != null ? anyLevel : allLevels;
            KeyTable<Node> table = literals;
            return wildcard != null || table == null ? wildcard : table.first();
        }
    }

    private final SeededHash hashes;
    private final Branches root = new Branches();

    FilterTree(SeededHash hashes) {
        this.hashes = hashes;
    }

    private static boolean isWildcard(byte[] level, char wildcard) {
        return level.length == 1 && level[0] == wildcard;
    }

    Branches root() {
        return root;
    }

    /** Whether there is no filter. */
    boolean isEmpty() {
        return root.anyLevel == null && root.allLevels == null && root.literals == null;
    }

    /** The node of the literal level {@code topic[from, to)}, if there is one. */
    @Nullable
    Node literal(Branches branches, byte[] topic, int from, int to) {
        KeyTable<Node> table = branches.literals;
        return table == null ? null : table.find(topic, from, to, hashes.of(topic, from, to));
    }

    private @Nullable Node child(Branches branches, byte[] filter, int from, int to) {
        if (to == from + 1 && filter[from] == '+') {
            return branches.anyLevel;
        }
        if (to == from + 1 && filter[from] == '#') {
            return branches.allLevels;
        }
        return literal(branches, filter, from, to);
    }

    /** The node of the levels of {@code filter} from the place {@code from} on. */
    private Node node(byte[] filter, int from, @Nullable Object subscribers, @Nullable Branches branches) {
        int end = Levels.end(filter, from);
        byte[] key = Arrays.copyOfRange(filter, from, end);
        return new Node(key, hashes.of(key), Levels.from(filter, end + 1), subscribers, branches);
    }

    /** Writer only: adds a subscription, or replaces that of the same session. */
    void add(byte[] filter, Subscription subscription) {
        Branches branches = root;
        int from = 0;
        while (true) {
            int end = Levels.end(filter, from);
            Node child = child(branches, filter, from, end);
            if (child == null) {
                branches.put(node(filter, from, Subscribers.with(null, subscription, hashes), null));
                return;
            }
            int common = child.path == null ? 0 : Levels.common(child.path, filter, end + 1);
            from = end + 1 + common;
            if (common <= child.pathLength()) {
                branches.put(split(child, common, filter, from, subscription));
                return;
            }
            if (from > filter.length) {
                child.subscribers = Subscribers.with(child.subscribers, subscription, hashes);
                return;
            }
            Branches next = child.branches;
            if (next == null) {
                next = new Branches();
                child.branches = next;
            }
            branches = next;
        }
    }

    /** What takes the place of a node when a filter leaves its path, or ends on it, at the place {@code common}. */
    private Node split(Node node, int common, byte[] filter, int from, Subscription subscription) {
        byte[] path = node.path == null ? new byte[0] : node.path;
        Branches branches = new Branches();
        branches.put(node(path, common, node.subscribers, node.branches));
        Object subscribers = null;
        if (from > filter.length) {
            subscribers = Subscribers.with(null, subscription, hashes);
        } else {
            branches.put(node(filter, from, Subscribers.with(null, subscription, hashes), null));
        }
        byte[] kept = common == 0 ? null : Arrays.copyOf(path, common - 1);
        return new Node(node.key, node.hash, kept, subscribers, branches);
    }

    /** Writer only: removes a subscription, and what is then of no use; nothing happens if it is not there. */
    void remove(byte[] filter, Subscription subscription) {
        List<Branches> taken = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        Branches branches = root;
        int from = 0;
        while (from <= filter.length) {
            int end = Levels.end(filter, from);
            Node child = branches == null ? null : child(branches, filter, from, end);
            if (child == null) {
                return;
            }
            int common = child.path == null ? 0 : Levels.common(child.path, filter, end + 1);
            if (common <= child.pathLength()) {
                return;
            }
            taken.add(branches);
            nodes.add(child);
            branches = child.branches;
            from = end + 1 + common;
        }
        Node last = nodes.get(nodes.size() - 1);
        last.subscribers = Subscribers.without(last.subscribers, subscription);
        prune(taken, nodes);
    }

    private static void prune(List<Branches> taken, List<Node> nodes) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            Branches branches = node.branches;
            if (branches != null && branches.size() == 0) {
                node.branches = null;
                branches = null;
            }
            if (node.subscribers != null) {
                return;
            }
            if (branches != null) {
                Node only = branches.size() == 1 ? branches.first() : null;
                if (only != null) {
                    byte[] path = Levels.join(node.path, only.key, only.path);
                    taken.get(i).put(new Node(node.key, node.hash, path, only.subscribers, only.branches));
                }
                return;
            }
            taken.get(i).remove(node);
        }
    }
}

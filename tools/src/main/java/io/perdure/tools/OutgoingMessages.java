package io.perdure.tools;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.inspect.QueueEntryView;
import io.perdure.storage.inspect.RetainedView;
import io.perdure.storage.inspect.Scan;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is to be replayed of a scan, read as it is consumed. */
final class OutgoingMessages<T> implements Iterator<Outgoing> {

    private final Scan<T> scan;
    private final Function<T, @Nullable Outgoing> selection;
    private final @Nullable TopicFilter topic;
    private @Nullable Outgoing ahead;

    private OutgoingMessages(Scan<T> scan, Function<T, @Nullable Outgoing> selection, @Nullable TopicFilter topic) {
        this.scan = scan;
        this.selection = selection;
        this.topic = topic;
    }

    /** The entries of a queue, without those that the client said it has (PUBREC). */
    static Iterator<Outgoing> queued(Scan<QueueEntryView> scan, @Nullable TopicFilter topic) {
        return new OutgoingMessages<>(
                scan,
                view -> view.step() == QueueEntryView.Step.RELEASED
                        ? null
                        : new Outgoing(view.entry().message(), view.entry().qos(), false),
                topic);
    }

    /** Retained messages. */
    static Iterator<Outgoing> retained(Scan<RetainedView> scan, @Nullable TopicFilter topic) {
        return new OutgoingMessages<>(
                scan, view -> new Outgoing(view.message(), view.message().qos(), true), topic);
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && scan.hasNext()) {
            Outgoing next = selection.apply(scan.next());
            if (next != null && (topic == null || topic.matches(next.message().topic()))) {
                ahead = next;
            }
        }
        return ahead != null;
    }

    @Override
    public Outgoing next() {
        Outgoing next = hasNext() ? ahead : null;
        if (next == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return next;
    }
}

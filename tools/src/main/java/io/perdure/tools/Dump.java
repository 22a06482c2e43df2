package io.perdure.tools;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.inspect.Scan;
import io.perdure.storage.inspect.StoreReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Streams the sections of a dump from a store to an output, one view at a time. For one thread. */
final class Dump {

    private interface Sink<T> {
        void write(T view) throws IOException;
    }

    private final StoreReader reader;
    private final DumpOutput output;
    private final @Nullable String client;
    private final Predicate<byte[]> topics;
    private final BooleanSupplier stopRequested;
    private boolean stopped;

    /**
     * @param client only what belongs to it; null for all
     * @param topic only what matches it; null for all
     * @param stopRequested asked before each view
     */
    Dump(
            StoreReader reader,
            DumpOutput output,
            @Nullable String client,
            @Nullable TopicFilter topic,
            BooleanSupplier stopRequested) {
        this.reader = reader;
        this.output = output;
        this.client = client;
        this.topics = topic == null ? any -> true : topic::matches;
        this.stopRequested = stopRequested;
    }

    /** Prints; false if it was stopped before the end. */
    boolean run(List<DumpSection> sections) throws IOException {
        output.header(reader.info());
        for (DumpSection section : sections) {
            if (!stopped) {
                output.begin(section);
                output.end(section, print(section));
            }
        }
        output.footer(!stopped);
        return !stopped;
    }

    private long print(DumpSection section) throws IOException {
        return switch (section) {
            case SESSIONS -> stream(reader.sessions(client), view -> true, output::session);
            case SUBSCRIPTIONS ->
                stream(
                        reader.subscriptions(client),
                        view -> topics.test(view.topicFilter().getBytes(StandardCharsets.UTF_8)),
                        output::subscription);
            case QUEUES -> queues();
            case INFLIGHT ->
                stream(
                        reader.inFlight(client),
                        view -> topics.test(view.entry().message().topic()),
                        output::inFlight);
            case INBOUND -> stream(reader.inbound(client), view -> true, output::inbound);
            case RETAINED ->
                stream(reader.retained(), view -> topics.test(view.message().topic()), output::retained);
            case WILLS ->
                stream(reader.wills(client), view -> topics.test(view.will().topic()), output::will);
        };
    }

    /** Those of sessions, then, unless a client is asked for, those of Shared Subscriptions. */
    private long queues() throws IOException {
        long count = stream(
                reader.queues(client),
                view -> topics.test(view.entry().message().topic()),
                output::queueEntry);
        if (client == null) {
            count += stream(
                    reader.shares(), view -> topics.test(view.entry().message().topic()), output::shareEntry);
        }
        return count;
    }

    private <T> long stream(Scan<T> scan, Predicate<T> wanted, Sink<T> sink) throws IOException {
        long count = 0;
        try (scan) {
            while (!stopped && scan.hasNext()) {
                T view = scan.next();
                if (wanted.test(view)) {
                    sink.write(view);
                    count++;
                }
                stopped = stopRequested.getAsBoolean();
            }
        }
        return count;
    }
}

package io.perdure.tools;

import io.perdure.storage.inspect.InboundView;
import io.perdure.storage.inspect.QueueEntryView;
import io.perdure.storage.inspect.RetainedView;
import io.perdure.storage.inspect.SessionView;
import io.perdure.storage.inspect.ShareEntryView;
import io.perdure.storage.inspect.StoreInfo;
import io.perdure.storage.inspect.SubscriptionView;
import io.perdure.storage.inspect.WillView;
import java.io.IOException;

/** A format of a dump. Views come section by section; each is written when it comes. For one thread. */
interface DumpOutput {

    /** First of all. */
    void header(StoreInfo info) throws IOException;

    void begin(DumpSection section) throws IOException;

    void session(SessionView view) throws IOException;

    void subscription(SubscriptionView view) throws IOException;

    void queueEntry(QueueEntryView view) throws IOException;

    /** In section queues, after all entries of sessions. */
    void shareEntry(ShareEntryView view) throws IOException;

    void inFlight(QueueEntryView view) throws IOException;

    void inbound(InboundView view) throws IOException;

    void retained(RetainedView view) throws IOException;

    void will(WillView view) throws IOException;

    /** @param count how many views the section had */
    void end(DumpSection section, long count) throws IOException;

    /**
     * Last of all.
     *
     * @param complete false if it was interrupted
     */
    void footer(boolean complete) throws IOException;
}

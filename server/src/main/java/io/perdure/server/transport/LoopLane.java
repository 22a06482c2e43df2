package io.perdure.server.transport;

import io.netty.channel.EventLoop;
import io.perdure.storage.Lane;
import java.util.concurrent.RejectedExecutionException;

/** An event loop as the ledger sees it. Tasks that come after the loop was shut down are dropped. */
record LoopLane(EventLoop loop) implements Lane {

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // the broker has stopped: there is no connection any more that the task could be for
        }
    }
}

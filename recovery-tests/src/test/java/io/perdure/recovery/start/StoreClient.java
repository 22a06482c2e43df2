package io.perdure.recovery.start;

import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Delivery;
import io.perdure.storage.Lane;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Store;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A connection without a socket that takes one step after the other, and waits for each. For one thread. */
final class StoreClient implements SessionLink {

    private final Lane lane = Runnable::run;
    private final Semaphore answered = new Semaphore(0);
    private final Store store;
    private final String clientId;
    private volatile @Nullable Attachment attachment;

    StoreClient(Store store, String clientId) {
        this.store = store;
        this.clientId = clientId;
    }

    /** Begins or resumes the session. */
    StoreClient attach(long sessionExpiryS, @Nullable Will will) throws InterruptedException {
        Submission attach = new Submission(this, null, 0);
        attach.add(new Command.Attach(clientId, false, sessionExpiryS, will, 65_535));
        submit(attach);
        return this;
    }

    StoreClient subscribe(String filter, @Nullable String shareName, int qos) throws InterruptedException {
        return subscribe(new Subscription(attachment().session(), filter, shareName, qos, false, false, 0, 7));
    }

    StoreClient subscribeWithoutRetained(String filter, int qos) throws InterruptedException {
        return subscribe(new Subscription(attachment().session(), filter, null, qos, false, false, 2, 0));
    }

    private StoreClient subscribe(Subscription subscription) throws InterruptedException {
        submit(new Command.Subscribe(1, List.of(subscription)));
        return this;
    }

    /** Ends the connection; all that was sent is below {@code sentBelow}. */
    void detach(DetachReason reason, long sentBelow) throws InterruptedException {
        Submission detach = submission();
        detach.add(new Command.Detach(reason, sentBelow, -1));
        store.submit(detach);
        new StoreClient(store, "next").attach(0, null).leave();
    }

    private void leave() {
        Submission detach = submission();
        detach.add(new Command.Detach(DetachReason.CLIENT_LEFT, 1, 0));
        store.submit(detach);
    }

    void submit(Command command) throws InterruptedException {
        Submission s = submission();
        s.add(command);
        submit(s);
    }

    void submit(Submission submission) throws InterruptedException {
        store.submit(submission);
        answered.acquire();
    }

    Submission submission() {
        return new Submission(this, attachment().session(), attachment().generation());
    }

    private Attachment attachment() {
        Attachment a = attachment;
        if (a == null) {
            throw new IllegalStateException("not attached");
        }
        return a;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public void completed(Submission submission) {
        if (!submission.commands().isEmpty() && submission.commands().get(0) instanceof Command.Attach attach) {
            attachment = attach.attachment();
        }
        answered.release();
    }

    @Override
    public void deliver(Delivery delivery) {}

    @Override
    public void page(Page page) {}

    @Override
    public void takeOver(long generation) {}

    @Override
    public void flush() {}
}

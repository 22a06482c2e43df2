package io.perdure.storage.recovery;

import io.perdure.storage.RecoveryPolicy;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreException.Kind;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.inspect.Tables;
import io.perdure.storage.ledger.StartProgress;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one start does about a store that is damaged elsewhere than in its log. */
final class DamageResponse {

    private static final Logger LOG = LoggerFactory.getLogger(DamageResponse.class);

    private final StoreOptions options;
    private final StartProgress progress;

    DamageResponse(StoreOptions options, StartProgress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Before the store is opened: what a start or a run before has left to do. */
    void before() {
        try {
            StoreSwap.finish(options.directory());
            String known = DamageMark.get(options.directory());
            if (known == null) {
                return;
            }
            if (options.recovery() == RecoveryPolicy.STRICT) {
                LOG.warn(
                        "damage was found while the broker ran before; start with 'recovery: quarantine' to set it aside: {}",
                        known);
                return;
            }
            if (!new Salvage(options, progress).run()) {
                progress.repaired(
                        "all of the store can be read, though damage was found while the broker ran before: " + known);
            }
            DamageMark.remove(options.directory());
        } catch (IOException e) {
            throw new StoreException(
                    "what an earlier start or run has left in " + options.directory() + " can't be finished (" + e
                            + "); see to the disk, or to the permissions of the files",
                    e);
        }
    }

    /**
     * The store can't be opened or loaded: sets aside what is damaged, so that the rest can be.
     *
     * @throws StoreException if that is not to be done, can't be done, or is of no use: the failure, explained
     */
    void found(StoreException failure) {
        if (failure.kind() != Kind.DAMAGED) {
            throw failure;
        }
        if (options.recovery() == RecoveryPolicy.STRICT) {
            throw explained(
                    failure, "start with 'recovery: quarantine' to set aside what is damaged and serve the rest");
        }
        try {
            if (!new Salvage(options, progress).run()) {
                throw explained(failure, "nothing that could be set aside was found");
            }
            DamageMark.remove(options.directory());
        } catch (StoreException e) {
            throw e.kind() == Kind.DAMAGED && e.getCause() != failure
                    ? explained(failure, "nothing could be set aside: " + e.getMessage())
                    : e;
        } catch (IOException e) {
            throw new StoreException("files in " + options.directory() + " can't be removed (" + e + ")", e);
        }
    }

    private StoreException explained(StoreException failure, String then) {
        String text = String.valueOf(failure.getMessage());
        String family = Tables.familyOfTableIn(options.directory(), text);
        String store = options.directory().toString();
        return new StoreException(
                Kind.DAMAGED,
                (text.contains(store) ? "" : "the store in " + store + " is damaged: ")
                        + text
                        + (family == null ? "" : " (the table belongs to family " + family + ")")
                        + "; "
                        + then,
                failure);
    }
}

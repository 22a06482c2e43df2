package io.perdure.tools;

import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.Finding;
import io.perdure.storage.inspect.OpenStore;
import io.perdure.storage.inspect.StoreInfo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A format of what a check says. For one thread. */
interface CheckOutput {

    /** @param info null if the store can't tell */
    void header(OpenStore store, @Nullable StoreInfo info) throws IOException;

    /** Something that is as it may be, but worth to be known; nothing if it is empty. */
    void note(String text) throws IOException;

    /** Something that is wrong. */
    void finding(Finding finding) throws IOException;

    /** So many more findings were not given. */
    void more(long findings) throws IOException;

    /** Each family, and all together. */
    void result(CheckResult result) throws IOException;
}

/** Resolves Topic Names to subscriptions: the index that all threads read, and a cache in front of it per event loop. */
@NullMarked
package io.perdure.server.routing;

import org.jspecify.annotations.NullMarked;

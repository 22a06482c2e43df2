/** Benchmarks of the whole broker. */
@NullMarked
package io.perdure.jmh.server;

import org.jspecify.annotations.NullMarked;

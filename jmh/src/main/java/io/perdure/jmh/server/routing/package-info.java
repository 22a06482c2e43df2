/** Benchmarks of routing. */
@NullMarked
package io.perdure.jmh.server.routing;

import org.jspecify.annotations.NullMarked;

/** What the benchmarks share. */
@NullMarked
package io.perdure.jmh;

import org.jspecify.annotations.NullMarked;

/** Tests of the benchmarks. */
@NullMarked
package io.perdure.jmh;

import org.jspecify.annotations.NullMarked;

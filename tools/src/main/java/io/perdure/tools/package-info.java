/** The command line: one class per subcommand, and what they print with. */
@NullMarked
package io.perdure.tools;

import org.jspecify.annotations.NullMarked;

package io.perdure.tools;

import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * Rows in columns of fixed width, so that nothing has to be held back to measure it. Cells that are too long end in an
 * ellipsis.
 */
final class TextTable {

    /** The widest line that a table may have. */
    static final int MAX_COLUMNS = 100;

    /**
     * @param width in columns of the terminal
     * @param right whether it is aligned to the right
     */
    record Column(String title, int width, boolean right) {

        static Column left(String title, int width) {
            return new Column(title, width, false);
        }

        static Column right(String title, int width) {
            return new Column(title, width, true);
        }
    }

    private final List<Column> columns;

    TextTable(Column... columns) {
        this.columns = List.of(columns);
        int width = this.columns.size() - 1;
        for (Column column : columns) {
            width += column.width();
        }
        if (width > MAX_COLUMNS) {
            throw new IllegalArgumentException("a table of " + width + " columns");
        }
    }

    void head(Writer out) throws IOException {
        row(out, columns.stream().map(Column::title).toArray(String[]::new));
    }

    /** One line; the cells must be printable, see {@link PrintableText}. */
    void row(Writer out, String... cells) throws IOException {
        StringBuilder line = new StringBuilder(MAX_COLUMNS + 1);
        for (int i = 0; i < cells.length; i++) {
            if (i > 0) {
                line.append(' ');
            }
            Column column = columns.get(i);
            String cell = PrintableText.fit(cells[i], column.width());
            String padding = " ".repeat(column.width() - PrintableText.width(cell));
            line.append(column.right() ? padding + cell : cell + padding);
        }
        out.write(line.toString().stripTrailing());
        out.write('\n');
    }
}

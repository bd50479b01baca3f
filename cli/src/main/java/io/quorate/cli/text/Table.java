package io.quorate.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Rows in aligned columns, two spaces apart; cells are escaped. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final BitSet right = new BitSet();
    private final int columns;

    private Table(String[] header) {
        this.columns = header.length;
        rows.add(header);
    }

    public static Table of(String... header) {
        return new Table(header.clone());
    }

    /** Aligns these columns (from 0) to the right, as numbers are. */
    public Table right(int... rightColumns) {
        for (int column : rightColumns) {
            right.set(column);
        }
        return this;
    }

    public void row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells, but the table has " + columns + " columns");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> Printable.escape(String.valueOf(cell)))
                .toArray(String[]::new));
    }

    @Override
    public String toString() {
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - width(row[i]));
                line.append(i > 0 ? "  " : "");
                line.append(right.get(i) ? padding + row[i] : row[i] + padding);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}

package dev.baculasync.cli;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for a terminal. Cells are escaped; all but those of the last column are cut when they are very long. */
final class TextTable {
    private static final int WIDEST = 48;

    private final String indent;
    private final boolean colours;
    private final List<Row> rows = new ArrayList<>();

    /** The first cell is painted; the lines below it follow the row. */
    private record Row(Paint paint, List<String> cells, List<String> below) {}

    TextTable(String indent, boolean colours) {
        this.indent = indent;
        this.colours = colours;
    }

    void header(String... cells) {
        rows.add(new Row(Paint.DIM, List.of(cells), List.of()));
    }

    void row(Paint paint, List<String> cells, List<String> below) {
        List<String> safe = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            String cell = SafeText.escape(cells.get(i));
            safe.add(i < cells.size() - 1 ? cut(cell) : cell);
        }
        rows.add(new Row(paint, safe, below.stream().map(SafeText::escape).toList()));
    }

    String text() {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).cells().size()];
        for (Row row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.cells().get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(indent);
            for (int i = 0; i < widths.length; i++) {
                String cell = row.cells().get(i);
                text.append(i == 0 ? row.paint().on(cell, colours) : cell);
                if (i < widths.length - 1) {
                    text.append(" ".repeat(widths[i] - width(cell) + 2));
                }
            }
            text.append('\n');
            for (String line : row.below()) {
                text.append(indent).append(" ".repeat(widths[0] + 2));
                text.append(Paint.YELLOW.on(line, colours)).append('\n');
            }
        }
        return text.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String cut(String text) {
        return width(text) <= WIDEST ? text : text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…";
    }
}

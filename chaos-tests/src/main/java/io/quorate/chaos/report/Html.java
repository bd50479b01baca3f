package io.quorate.chaos.report;

/** Text as it may stand in a page. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }

    /** A cell of a table. */
    static String cell(Object value) {
        boolean number = value instanceof Number;
        String text = number ? String.format("%,d", ((Number) value).longValue()) : String.valueOf(value);
        return (number ? "<td class='number'>" : "<td>") + escape(text) + "</td>";
    }

    /** A row of a table. */
    static String row(Object... values) {
        StringBuilder row = new StringBuilder("<tr>");
        for (Object value : values) {
            row.append(cell(value));
        }
        return row.append("</tr>\n").toString();
    }

    /** The head of a table. */
    static String head(String... names) {
        StringBuilder row = new StringBuilder("<tr>");
        for (String name : names) {
            row.append("<th>").append(escape(name)).append("</th>");
        }
        return row.append("</tr>\n").toString();
    }
}

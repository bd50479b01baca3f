package io.quorate.server.admin;

import java.util.List;

/** An answer of the admin port. */
record AdminPage(int status, String contentType, String body) {
    private static final String JSON = "application/json";

    /** 200 if there is no reason against, else 503, with the reasons. */
    static AdminPage of(String word, List<String> reasons) {
        StringBuilder body = new StringBuilder("{\"")
                .append(word)
                .append("\":")
                .append(reasons.isEmpty())
                .append(",\"reasons\":[");
        for (int i = 0; i < reasons.size(); i++) {
            body.append(i == 0 ? "\"" : ",\"").append(escaped(reasons.get(i))).append('"');
        }
        return new AdminPage(
                reasons.isEmpty() ? 200 : 503, JSON, body.append("]}\n").toString());
    }

    static AdminPage error(int status, String message) {
        return new AdminPage(status, JSON, "{\"error\":\"" + escaped(message) + "\"}\n");
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}

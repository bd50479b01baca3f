package io.quorate.cli.rulefile;

/** A place in a text: line and column from 1, in code points. */
public record Place(int line, int column) {

    static Place ofCodePoint(String text, int position) {
        int line = 1;
        int column = 1;
        int at = 0;
        for (int i = 0; i < position && at < text.length(); i++) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return new Place(line, column);
    }
}

package io.quorate.core.rule;

import com.google.re2j.PatternSyntaxException;
import io.quorate.core.quota.Names;

/**
 * Values that fit a regular expression as a whole. Its matching takes time in proportion to the value's length
 * whatever the expression (RE2), so no value can make it slow; back references and look-around don't exist in it.
 */
public final class Regex implements Pattern {
    /** Most instructions of a compiled expression, which bound the time for each character of a value. */
    public static final int INSTRUCTIONS_MAX = 2_000;

    private final String expression;
    private final com.google.re2j.Pattern compiled;

    /** An expression in the syntax of RE2, at most {@value Names#VALUE_BYTES_MAX} bytes. */
    public Regex(String expression) {
        Names.checkValue("a regular expression", expression);
        this.expression = expression;
        if (RegexText.repeats(expression) > INSTRUCTIONS_MAX) {
            throw tooLarge();
        }
        try {
            this.compiled = com.google.re2j.Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the regular expression is wrong: " + Names.printable(e.getDescription()), e);
        }
        if (compiled.programSize() > INSTRUCTIONS_MAX) {
            throw tooLarge();
        }
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("the regular expression is too large: compiled it may have "
                + INSTRUCTIONS_MAX + " instructions, its repetitions multiplied");
    }

    /** As written. */
    public String expression() {
        return expression;
    }

    @Override
    public boolean matches(String value) {
        return compiled.matches(value);
    }

    @Override
    public String text() {
        return "~ " + expression;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        return visitor.regex(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Regex regex && expression.equals(regex.expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    @Override
    public String toString() {
        return "Regex[" + expression + "]";
    }
}

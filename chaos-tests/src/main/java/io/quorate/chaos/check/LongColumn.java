package io.quorate.chaos.check;

import java.util.Arrays;

/** Numbers by row, without an object for each. */
final class LongColumn {
    private long[] values = new long[1024];
    private int size;

    int add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size + (size >> 1));
        }
        values[size] = value;
        return size++;
    }

    long get(int row) {
        if (row >= size) {
            throw new IndexOutOfBoundsException("row " + row + " of " + size);
        }
        return values[row];
    }

    int size() {
        return size;
    }
}

package io.quorate.cli.demo;

import io.quorate.cli.text.Table;

/** Where the demonstration tells what it does. */
public interface DemoOutput {
    void line(String text);

    void table(Table table);
}

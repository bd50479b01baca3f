package io.quorate.cli.imports;

/** Reads one origin's configuration. */
interface Importer {
    /** Puts every limit below {@code root} into the harvest, with a remark for whatever isn't kept. */
    void read(Section root);
}

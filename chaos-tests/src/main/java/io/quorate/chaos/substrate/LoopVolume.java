package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small ext4 file system in a file: it can be filled, and taken down as a loss of power does. Needs root. */
final class LoopVolume implements Volume {
    private static final String IMAGE = "quorate-chaos-disk.img";
    private static final long BYTES = 1024L << 20;
    private static final long LEFT_BYTES_MAX = 64 << 10;

    private final Path image;
    private final Path mountedAt;
    private final List<Path> fillers = new ArrayList<>();

    LoopVolume(Path directory) {
        this.image = directory.resolve(IMAGE);
        this.mountedAt = directory.resolve("volume");
        try {
            Files.createDirectories(mountedAt);
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(BYTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tool.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.toString());
        mount();
    }

    /** Unmounts every such volume, of whatever cluster. */
    static void sweep() {
        try (DirectoryStream<Path> loops = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path loop : loops) {
                Path backing = loop.resolve("loop/backing_file");
                if (Files.exists(backing) && Files.readString(backing).contains("/" + IMAGE)) {
                    String device = "/dev/" + loop.getFileName();
                    for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
                        if (line.startsWith(device + " ")) {
                            var unused = Tool.attempt(List.of("umount", "-l", line.split(" ", 3)[1]), "");
                        }
                    }
                    var unused = Tool.attempt(List.of("losetup", "-d", device), "");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path mountedAt() {
        return mountedAt;
    }

    @Override
    public void fill() {
        try {
            for (long left = usable(); left > LEFT_BYTES_MAX; left = usable()) {
                Path filler = mountedAt.resolve("filler-" + fillers.size());
                fillers.add(filler);
                long take = left;
                while (Tool.attempt(List.of("fallocate", "-l", String.valueOf(take), filler.toString()), "")
                                .code()
                        != 0) {
                    take = take / 2;
                    if (take < LEFT_BYTES_MAX) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long usable() throws IOException {
        return Files.getFileStore(mountedAt).getUsableSpace();
    }

    @Override
    public void free() {
        try {
            for (Path filler : fillers) {
                Files.deleteIfExists(filler);
            }
            fillers.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void die() {
        Tool.run(Native.compile("godown.c", image.resolveSibling("tools")).toString(), mountedAt.toString());
    }

    @Override
    public void repair() {
        Tool.run("umount", mountedAt.toString());
        mount();
        fillers.clear();
    }

    /** A loop device of a mount is freed with it. */
    private void mount() {
        Tool.run("mount", "-o", "loop", image.toString(), mountedAt.toString());
    }

    @Override
    public void close() {
        var unused = Tool.attempt(List.of("umount", "-l", mountedAt.toString()), "");
    }
}

package io.procpool.wire;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A file of {@code src/test/resources/frames}, which the Python tests read too: one frame, as fields and as bytes. */
record GoldenFrame(
        String name,
        int kind,
        long callId,
        JsonNode header,
        String text,
        Payload body,
        Payload bytes) {
    static final Path FOLDER = Path.of("src/test/resources/frames");

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** Bytes that must be refused, and why. */
    record Broken(String name, Payload bytes, String why) {
        @Override
        public String toString() {
            return name + ": " + why;
        }
    }

    static List<GoldenFrame> all() {
        return files(FOLDER).stream().map(GoldenFrame::read).toList();
    }

    static List<Broken> broken() {
        return files(FOLDER.resolve("broken")).stream()
                .map(GoldenFrame::tree)
                .map(
                        file ->
                                new Broken(
                                        file.get("name").stringValue(),
                                        hex(file.get("bytes_hex")),
                                        file.get("why").stringValue()))
                .toList();
    }

    private static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static JsonNode tree(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException failure) {
            throw new IllegalStateException(file + " can't be read", failure);
        }
    }

    private static GoldenFrame read(Path path) {
        var file = tree(path);
        BigInteger callId = file.get("call_id").bigIntegerValue();
        return new GoldenFrame(
                file.get("name").stringValue(),
                file.get("kind").intValue(),
                callId.longValue(), // unsigned: the upper half has its sign bit set
                file.get("header"),
                file.get("header_text").stringValue(),
                hex(file.get("body_hex")),
                hex(file.get("frame_hex")));
    }

    private static Payload hex(JsonNode digits) {
        return Payload.of(HexFormat.of().parseHex(digits.stringValue()));
    }

    Frame frame() {
        return new Frame(
                kind,
                callId,
                Header.ofText(Payload.ofUtf8(text)),
                body.size() == 0 ? List.of() : List.of(body));
    }

    @Override
    public String toString() {
        return name;
    }
}

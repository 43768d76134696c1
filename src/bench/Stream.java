import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One imap with NDJSON both ways on one connection: a thread writes the integers from 0 on as items, the main thread reads the
 * answers and checks each. Run as source: java Stream.java PORT PATH FUNC ITEMS CHUNKSIZE [WARM_UP_ITEMS [halting]]. Prints a line of
 * JSON at each twentieth of the answers, and one at the end. Halting, it reads no further after the 1st, 3rd, 5th … of them until a
 * line comes on its standard input; that time is not counted.
 */
final class Stream {
    private static final int BLOCK = 64 * 1024;
    private static final int STEPS = 20;

    public static void main(String[] words) throws Exception {
        int port = Integer.parseInt(words[0]);
        var path = words[1];
        var func = words[2];
        long items = Long.parseLong(words[3]);
        int chunksize = Integer.parseInt(words[4]);
        long warmUp = words.length > 5 ? Long.parseLong(words[5]) : 0;
        boolean halting = words.length > 6 && words[6].equals("halting");
        if (warmUp > 0) {
            stream(port, path, func, warmUp, chunksize, false, false);
        }
        stream(port, path, func, items, chunksize, true, halting);
    }

    private static void stream(
            int port,
            String path,
            String func,
            long items,
            int chunksize,
            boolean told,
            boolean halting)
            throws IOException, InterruptedException {
        try (var socket = new Socket()) {
            // A small one: what is on its way must not be a good part of the stream when the client halts.
            socket.setReceiveBufferSize(4 * BLOCK);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            var failure = new AtomicReference<IOException>();
            long began = System.nanoTime();
            var writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            send(socket.getOutputStream(), path, func, items, chunksize);
                                        } catch (IOException gone) {
                                            failure.set(gone);
                                        }
                                    });
            var lines = new Lines(new Body(new BufferedInputStream(socket.getInputStream(), BLOCK)));
            long first = -1;
            int step = 1;
            for (long n = 0; n < items; n++) {
                lines.expect(n);
                first = first < 0 ? System.nanoTime() - began : first;
                if (told && n + 1 == items * step / STEPS) {
                    report(n + 1, (System.nanoTime() - began) / 1e9);
                    if (halting && step % 2 == 1) {
                        began += halt();
                    }
                    step++;
                }
            }
            var summary = lines.next();
            double seconds = (System.nanoTime() - began) / 1e9;
            writer.join();
            if (failure.get() != null) {
                throw failure.get();
            }
            if (!summary.equals("{\"summary\":{\"items\":" + items + ",\"failed\":0}}")) {
                throw new IOException("the stream ended with " + summary);
            }
            if (told) {
                System.out.printf(
                        "{\"items\": %d, \"seconds\": %.6f, \"first\": %.6f}%n",
                        items, seconds, first / 1e9);
            }
        }
    }

    /** Nanoseconds until somebody has looked. */
    private static long halt() throws IOException {
        long began = System.nanoTime();
        for (int c = System.in.read(); c != '\n'; c = System.in.read()) {
            if (c < 0) {
                throw new IOException("standard input ended");
            }
        }
        return System.nanoTime() - began;
    }

    private static void report(long items, double seconds) {
        System.out.printf("{\"items\": %d, \"seconds\": %.3f}%n", items, seconds);
    }

    private static void send(OutputStream raw, String path, String func, long items, int chunksize)
            throws IOException {
        var out = new BufferedOutputStream(raw, BLOCK);
        out.write(
                ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        var block = new StringBuilder();
        block.append("{\"func\":\"").append(func).append("\",\"chunksize\":").append(chunksize).append("}\n");
        for (long n = 0; n < items; n++) {
            block.append(n).append('\n');
            if (block.length() > BLOCK) {
                chunk(out, block);
            }
        }
        chunk(out, block);
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void chunk(OutputStream out, StringBuilder block) throws IOException {
        var bytes = block.toString().getBytes(StandardCharsets.US_ASCII);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        block.setLength(0);
    }

    /** The body of a chunked answer (RFC 9112 section 7.1). */
    private static final class Body extends InputStream {
        private final InputStream in;
        private long left;
        private boolean begun;

        Body(InputStream in) throws IOException {
            this.in = in;
            var status = line();
            if (!status.contains(" 200")) {
                throw new IOException(status + " " + new String(in.readNBytes(in.available()), StandardCharsets.UTF_8));
            }
            while (!line().isEmpty()) {}
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the connection ended");
                }
                if (c != '\r') {
                    text.append((char) c);
                }
            }
            return text.toString();
        }

        private boolean more() throws IOException {
            if (left == 0) {
                if (begun) {
                    line();
                }
                begun = true;
                left = Long.parseLong(line(), 16);
            }
            return left > 0;
        }

        @Override
        public int read() throws IOException {
            if (!more()) {
                return -1;
            }
            left--;
            return in.read();
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (!more()) {
                return -1;
            }
            int got = in.read(into, from, (int) Math.min(count, left));
            left -= Math.max(got, 0);
            return got;
        }
    }

    /** Lines of the body; empty ones are keep-alives. */
    private static final class Lines {
        private final InputStream in;
        private final byte[] buffer = new byte[BLOCK];
        private final StringBuilder line = new StringBuilder();
        private int from;
        private int to;

        Lines(InputStream in) {
            this.in = in;
        }

        private StringBuilder read() throws IOException {
            do {
                line.setLength(0);
                for (int c = one(); c != '\n'; c = one()) {
                    line.append((char) c);
                }
            } while (line.isEmpty());
            return line;
        }

        private int one() throws IOException {
            if (from == to) {
                to = in.read(buffer, 0, buffer.length);
                from = 0;
                if (to <= 0) {
                    throw new IOException("the answer ended without a summary");
                }
            }
            return buffer[from++];
        }

        String next() throws IOException {
            return read().toString();
        }

        /** The n-th line of math.isqrt, java.lang.Math.abs or the like: checked for its index, and for isqrt its value. */
        void expect(long n) throws IOException {
            var got = read();
            var wanted = "{\"index\":" + n + ",\"value\":" + (long) Math.sqrt(n) + "}";
            if (!wanted.contentEquals(got)) {
                throw new IOException("line " + n + " is " + got + ", not " + wanted);
            }
        }
    }
}

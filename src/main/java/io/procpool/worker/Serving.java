package io.procpool.worker;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import io.procpool.worker.Native.Usage;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A worker: one thread with its own two connections, which takes one call after the other until it is told to end. */
final class Serving {
    private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(5);

    private final Path socket;
    private final String token;
    private final Host host;

    /** How it ended, and what it used. */
    record Report(int exitcode, Usage usage) {}

    Serving(Path socket, String token, Host host) {
        this.socket = socket;
        this.token = token;
        this.host = host;
    }

    /** The whole story of one worker, on its thread. */
    Report live() {
        int exitcode = 0;
        try {
            try (var output = output()) {
                host.streams().lead(output, host.isAlone());
                var link = Link.connect(socket, token, "call");
                var welcome = link.welcomed();
                serve(link, host.calls(welcome));
            }
        } catch (NotWelcome | ProtocolViolation broken) {
            host.complain(broken);
            exitcode = 1;
        } catch (IOException gone) {
            exitcode = 0; // the service wants no more of us, whatever it left unread
        } catch (OutOfMemoryError memory) {
            Ending.now(Ending.OUT_OF_MEMORY);
        } catch (Throwable failure) {
            failure.printStackTrace();
            exitcode = 1;
        }
        return new Report(exitcode, Native.usage(!host.isAlone()));
    }

    /** Where what is printed goes. The only worker of a JVM takes along what child processes and the JVM itself print. */
    private OutputStream output() throws IOException {
        if (host.isAlone()
                && Native.sendOutput(
                        socket, Link.helloBytes(token, "output"), OUTPUT_PATIENCE.toSeconds())) {
            return host.streams().rawOutput();
        }
        var channel = Link.connect(socket, token, "output").channel();
        var threads = Thread.ofPlatform().name("output").daemon().factory();
        return new Output(channel, OUTPUT_PATIENCE, host.streams().rawOutput(), threads);
    }

    private void serve(Link link, Calls calls) throws IOException, ProtocolViolation {
        var surroundings = new Surroundings(host.isAlone(), host.streams(), host.loader());
        Thread.currentThread().setContextClassLoader(host.loader());
        try (var orders = new Orders(link, host.watch(), host::connectionLost)) {
            Current.serves(orders.telling(), host.isAlone());
            while (true) {
                var order = orders.next();
                if (order == null
                        || order.is(Kind.BYE)
                        || !answer(order, orders, calls, surroundings)) {
                    return;
                }
            }
        }
    }

    /** Whether another call may follow. */
    private boolean answer(Frame call, Orders orders, Calls calls, Surroundings surroundings)
            throws IOException {
        if (!call.header().string("verb", "").equals("initialize")) {
            surroundings.beforeTask();
        }
        var before = Native.usage(!host.isAlone());
        var kind = Kind.RESULT;
        var text = Payload.of(new byte[0]);
        Map<String, Object> fields = Map.of();
        boolean fit = true;
        boolean memory = false;
        orders.begin(call);
        try {
            var value = calls.run(call.header(), call.payload());
            text = value.text();
            fields = value.fields();
        } catch (Failed failed) {
            kind = Kind.ERROR;
            fields = failed.fields();
            fit = hasDescriptor();
        } catch (OutOfMemoryError thrown) {
            memory = true;
            kind = Kind.ERROR;
            fields = Raised.by(thrown).fields();
        } catch (RuntimeException | Error unexpected) { // of a value's or an argument's own methods
            kind = Kind.ERROR;
            fields = Raised.by(unexpected).fields();
        } finally {
            orders.end();
        }
        if (!memory) {
            surroundings.afterTask();
            orders.tellLast(call.callId());
        }
        orders.send(Frame.of(kind, call.callId(), header(fields, before), text));
        if (memory) {
            Ending.now(Ending.OUT_OF_MEMORY);
        }
        return fit;
    }

    private Header header(Map<String, Object> fields, Usage before) {
        var usage = Native.usage(!host.isAlone());
        var all = new LinkedHashMap<>(fields);
        if (usage.peakRss() > 0) {
            all.put(
                    "cpu_seconds",
                    Math.round((usage.cpuSeconds() - before.cpuSeconds()) * 1e6) / 1e6);
            all.put("peak_rss", usage.peakRss());
        }
        return Header.of(all);
    }

    /** Whether the next call will find a descriptor: tasks that leak them leave none, and nobody else closes them. */
    private static boolean hasDescriptor() {
        try (var file = new FileInputStream("/dev/null")) {
            return file.available() >= 0;
        } catch (IOException exhausted) {
            return false; // whatever it says: that depends on the language of the system
        }
    }
}

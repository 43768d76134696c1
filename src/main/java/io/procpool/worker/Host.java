package io.procpool.worker;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The service's partner in this JVM: tells it what can be called, and starts a thread for each worker that it asks for.
 *
 * <p>Threads: the one that calls {@link #run} reads the control connection until that ends, and with it the JVM, whatever the others do.
 * One more loads the classes; {@code worker-<n>} serve. All send here: {@code writing} keeps frames whole.
 */
final class Host {
    private final Path path;
    private final String token;
    private final Watch watch = new Watch();
    private final Streams streams = new Streams();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicInteger numbers = new AtomicInteger();
    private final CompletableFuture<Loaded> loaded = new CompletableFuture<>();

    private record Loaded(Welcome welcome, Json json, Catalogue catalogue) {}

    Host(Path path, String token) {
        this.path = path;
        this.token = token;
    }

    /** Returns when the service wants no more of us, or is gone. */
    void run() throws IOException, ProtocolViolation {
        streams.restore();
        Thread.setDefaultUncaughtExceptionHandler(Host::uncaught);
        Native.leadSession();
        Native.leaveNoCore();
        Ending.prepare();
        var control = Link.connect(path, token, "control");
        var welcome = control.welcomed();
        if (!welcome.threads()) {
            Native.becomeSubreaper(); // else nobody would know whose child it is that comes to us
        }
        daemon("catalogue", () -> load(control, welcome));
        for (var order = next(control); order != null; order = next(control)) {
            switch (Kind.of(order.kind()).orElse(Kind.HELLO)) {
                case FORK -> start(control, welcome, order);
                case BYE -> {
                    return;
                }
                case SIGNAL, ERROR -> {} // it is for processes; an error is never answered
                default ->
                        send(
                                control,
                                error(
                                        order,
                                        Failed.UNKNOWN_KIND,
                                        "a host does not take frames of kind " + order.kind()));
            }
        }
    }

    /** Null at the end of the connection, whatever it was that the service left unread. */
    private static @Nullable Frame next(Link control) throws ProtocolViolation {
        try {
            return control.reader().read();
        } catch (IOException reset) {
            return null;
        }
    }

    private static void daemon(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void uncaught(Thread thread, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            Ending.now(Ending.OUT_OF_MEMORY);
        }
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        thrown.printStackTrace();
    }

    private void load(Link control, Welcome welcome) {
        try {
            var json = new Json(welcome.maxNesting());
            var catalogue = new Catalogue(welcome, json);
            Thread.currentThread().setContextClassLoader(catalogue.loader());
            catalogue.loadAll(
                    name ->
                            send(
                                    control,
                                    Frame.of(
                                            Kind.IMPORTING, 0, Header.of(Map.of("module", name)))));
            loaded.complete(new Loaded(welcome, json, catalogue));
            send(control, CatalogueFrame.of(catalogue, welcome.maxBody()));
        } catch (Throwable failure) {
            failure.printStackTrace();
            Ending.soon(1);
        }
    }

    private void start(Link control, Welcome welcome, Frame order) {
        int number = numbers.incrementAndGet();
        var socket = welcome.socket() == null ? path : welcome.socket();
        var serving = new Serving(socket, order.header().string("token", ""), this);
        var told = new CompletableFuture<Boolean>();
        try {
            daemon(
                    "worker-" + number,
                    () -> {
                        told.join(); // its end must be reported after its beginning
                        ended(control, number, serving.live());
                    });
        } catch (OutOfMemoryError noThread) { // the limit of threads: the service tries again
            send(control, error(order, "fork-failed", String.valueOf(noThread.getMessage())));
            return;
        }
        send(
                control,
                Frame.of(
                        Kind.FORKED,
                        order.callId(),
                        Header.of(
                                Map.of("pid", number, "process", ProcessHandle.current().pid()))));
        told.complete(true);
    }

    private static Frame error(Frame order, String problem, String message) {
        return Frame.of(
                Kind.ERROR,
                order.callId(),
                Header.of(Map.of("problem", problem, "message", message)));
    }

    private void ended(Link control, int number, Serving.Report report) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("pid", number);
        fields.put("exitcode", report.exitcode());
        fields.put("cpu_seconds", report.usage().cpuSeconds());
        fields.put("peak_rss", report.usage().peakRss());
        send(control, Frame.of(Kind.EXITED, 0, Header.of(fields)));
        if (isAlone()) {
            System.exit(report.exitcode());
        }
    }

    /** A frame that can't be sent is not missed: who reads the connection finds its end. */
    private void send(Link control, Frame frame) {
        writing.lock();
        try {
            control.send(frame);
        } catch (IOException gone) {
            return;
        } finally {
            writing.unlock();
        }
    }

    /** On the JVM's own standard error. */
    void complain(Exception broken) {
        System.err.println("procpool worker: " + broken.getMessage());
    }

    /** The service has closed the connection of a call that runs. */
    void connectionLost() {
        if (isAlone()) {
            Ending.soon(0);
        }
    }

    boolean isAlone() {
        return !loaded.join().welcome.threads();
    }

    ClassLoader loader() {
        return loaded.join().catalogue.loader();
    }

    Streams streams() {
        return streams;
    }

    Watch watch() {
        return watch;
    }

    /** How a worker that was welcomed so runs its calls. */
    Calls calls(Welcome welcome) {
        var all = loaded.join();
        return new Calls(
                all.catalogue,
                all.json,
                new Encoder(all.json, welcome.maxBody(), all.welcome.maxNesting()));
    }
}

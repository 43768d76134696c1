package io.procpool.durability;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Operation.Deed.Submitted;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service is killed in the middle of a large map. */
class BigMapTest {
    private static final int ITEMS = 200_000;
    private static final String VALUES = list(number -> Integer.toString(2 * number));
    private static final Duration LONGEST_READ = Duration.ofMinutes(1); // a ceiling
    private static final Pattern INDEX = Pattern.compile("^\\{\"index\":(\\d+),\"value\"");

    @TempDir private Path home;

    @Test
    void it_ends_with_all_items_right_and_none_that_was_seen_runs_again() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start();
            var id = submit(trial);
            var seen = new Seen();
            var reader = Thread.ofPlatform().start(() -> seen.read(trial.service().url(), id));
            Waiting.until("a third was seen", () -> seen.count() >= ITEMS / 3);

            trial.kill();
            long killed = System.nanoTime();
            assertThat(reader.join(LONGEST_READ)).as("the stream has ended").isTrue();
            trial.start();
            System.out.println(
                    "big map: killed after %,d of %,d items were seen, ready again after %,d ms"
                            .formatted(
                                    seen.count(),
                                    ITEMS,
                                    Duration.ofNanos(System.nanoTime() - killed).toMillis()));

            assertThat(trial.verdict()).isEmpty();
            assertThat(trial.evidence().listed.get(id))
                    .as("the map, with all items right")
                    .returns("succeeded", Dump.Listed::state)
                    .returns(Text.kept(VALUES), Dump.Listed::value);
            assertThat(seen.count()).isLessThan(ITEMS);
            assertThat(ranAgain(Ledger.read(trial.ledgers()), killed, seen)).isEmpty();
        }
    }

    private static String submit(Trial trial) {
        var body =
                "{\"func\":\"ledger.cheap\",\"labels\":{\"tag\":\"big\"},\"iterable\":%s}"
                        .formatted(list(Integer::toString));
        var wanted = Wanted.map("big", VALUES);
        var ask =
                new Ask(
                        "POST",
                        "/v1/pools/" + Ask.POOL + "/map_async",
                        body,
                        null,
                        List.of(wanted));
        Submitted submitted = trial.caller.submit(ask);
        return submitted.ids().getFirst();
    }

    private static String list(IntFunction<String> item) {
        return IntStream.range(0, ITEMS).mapToObj(item).collect(joining(",", "[", "]"));
    }

    /** Chunks begin with the items that the ledger has, and go up to the next of these. */
    private static List<Integer> ranAgain(Ledger ledger, long killed, Seen seen) {
        var begins = new TreeMap<Integer, Long>();
        ledger.starts().forEach(start -> begins.merge(first(start), start.at(), Math::max));
        return begins.entrySet().stream()
                .filter(chunk -> chunk.getValue() > killed)
                .map(chunk -> seen.within(chunk.getKey(), after(begins, chunk.getKey())))
                .flatMap(List::stream)
                .toList();
    }

    private static int first(Ledger.Entry start) {
        return Integer.parseInt(start.tag());
    }

    private static int after(NavigableMap<Integer, Long> begins, int first) {
        var next = begins.higherKey(first);
        return next == null ? ITEMS : next;
    }

    /** The items whose values a client has been shown. */
    private static final class Seen {
        private final BitSet items = new BitSet(ITEMS);

        /** Until the connection breaks. */
        void read(String url, String id) {
            var request =
                    HttpRequest.newBuilder(URI.create(url + "/v1/results/" + id + "/stream"))
                            .build();
            try (var client = HttpClient.newHttpClient();
                    var lines = client.send(request, BodyHandlers.ofLines()).body()) {
                lines.forEach(this::add);
            } catch (UncheckedIOException | IOException killed) {
                // that is what is wanted
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void add(String line) {
            var item = INDEX.matcher(line);
            if (item.find()) {
                items.set(Integer.parseInt(item.group(1)));
            }
        }

        synchronized int count() {
            return items.cardinality();
        }

        synchronized List<Integer> within(int from, int to) {
            return items.stream().filter(item -> item >= from && item < to).boxed().toList();
        }
    }
}

package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The serving thread between two calls. */
@Timeout(60)
class OrdersTest {
    @TempDir private Path folder;

    @Test
    void an_interrupt_that_is_older_than_the_call_does_not_meet_it() throws Exception {
        var address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            var channel = SocketChannel.open(address);
            var link =
                    new Link(
                            channel,
                            new FrameReader(channel, FrameLimits.ofBody(0)),
                            new FrameWriter(channel));
            try (var orders = new Orders(link, new Watch(), () -> {})) {
                Thread.currentThread().interrupt(); // as a thread that a task left behind may do
                orders.begin(1);

                assertThat(Thread.interrupted()).isFalse();
                orders.end();
            }
        }
    }
}

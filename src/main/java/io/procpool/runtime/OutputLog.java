package io.procpool.runtime;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processes of a pool print that nobody captures: the last one to two MiB, in a file and the one before it. If it can't be
 * written it is dropped: no worker waits for a full disk.
 *
 * <p>Threads: any; {@code writing} is held over a small write. Two generations may write to the same files.
 */
final class OutputLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutputLog.class);
    private static final long MOST = 1 << 20;

    private final Path file;
    private final Path former;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean failing;

    OutputLog(Path folder, String name) {
        this.file = folder.resolve(name + ".log");
        this.former = folder.resolve(name + ".log.1");
    }

    void add(ByteBuffer bytes) {
        writing.lock();
        try (var channel = FileChannel.open(file, CREATE, APPEND)) {
            if (channel.size() > MOST) {
                Files.move(file, former, StandardCopyOption.REPLACE_EXISTING);
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            failing = false;
        } catch (IOException failure) {
            if (!failing) {
                LOG.warn(
                        "The output of workers can't be written to {}: {}",
                        file,
                        failure.toString());
            }
            failing = true;
        } finally {
            writing.unlock();
        }
    }
}

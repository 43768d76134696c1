package io.procpool.worker;

import java.io.IOException;

/** The service does not want us, or is gone. */
final class NotWelcome extends IOException {
    private static final long serialVersionUID = 1L;

    NotWelcome(String message) {
        super(message);
    }
}

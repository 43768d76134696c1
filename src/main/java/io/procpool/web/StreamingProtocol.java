package io.procpool.web;

import java.io.IOException;
import org.apache.coyote.Adapter;
import org.apache.coyote.ErrorState;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Tomcat's HTTP/1.1, whose requests know their {@link Connection}. Tomcat makes it by name: public, with a constructor without parameters. */
public final class StreamingProtocol extends Http11NioProtocol {
    @Override
    protected Processor createProcessor() {
        return new Serving(this, getAdapter());
    }

    private static final class Serving extends Http11Processor implements Connection.Server {
        Serving(StreamingProtocol protocol, Adapter adapter) {
            super(protocol, adapter);
        }

        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            var connection = new Connection(socket, this);
            return ScopedValue.where(Connection.CURRENT, connection)
                    .call(() -> super.service(socket));
        }

        @Override
        public void finish() throws IOException {
            finishResponse();
        }

        @Override
        public void closeAfter() {
            setErrorState(
                    ErrorState.CLOSE_CONNECTION_NOW, new IOException("the stream ended early"));
        }

        @Override
        public void breakOff() {
            if (response
                    .isCommitted()) { // else Tomcat has an answer of its own, which is to go out
                setSwallowResponse(); // or it would write what ends the body
                setErrorState(
                        ErrorState.CLOSE_CONNECTION_NOW, new IOException("the answer broke off"));
            }
        }
    }
}

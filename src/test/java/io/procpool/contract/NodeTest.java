package io.procpool.contract;

import io.procpool.service.NodePools;
import org.junit.jupiter.api.BeforeAll;

/** Workers of the runtime {@code command}: programs of Node.js that speak the protocol. */
class NodeTest extends RuntimeContract {
    NodeTest() {
        super(Subject.node());
    }

    @BeforeAll
    @Override
    void make_pools() throws Exception {
        NodePools.requireNode();
        super.make_pools();
    }
}

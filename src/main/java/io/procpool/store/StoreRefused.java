package io.procpool.store;

/** The service can't start with this store; the message is a sentence for the user. */
final class StoreRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    StoreRefused(String sentence, String remedy) {
        super(sentence);
        this.remedy = remedy;
    }

    /** What to do about it. */
    String remedy() {
        return remedy;
    }
}

package io.quorate.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletableFuture;

/** GCRA as a Lua script in Redis, over Lettuce, pipelined by the burst. */
final class RedisGcraSide implements Side {
    /** Emission interval 1 ns and a burst of 1 s: like the limit that Quorate is measured with. */
    private static final String SCRIPT = """
            local now = redis.call('TIME')
            local t = now[1] * 1000000 + now[2]
            local tat = tonumber(redis.call('GET', KEYS[1]) or t)
            if tat < t then tat = t end
            local interval = tonumber(ARGV[1])
            local burst = tonumber(ARGV[2])
            local next = tat + interval
            if next - burst > t then return {0, next - burst - t} end
            redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', 2000)
            return {1, 0}
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String sha;
    private final String[][] names;

    RedisGcraSide(int port, int keys) {
        client = RedisClient.create("redis://127.0.0.1:" + port);
        connection = client.connect();
        sha = connection.sync().scriptLoad(SCRIPT);
        connection.setAutoFlushCommands(false);
        names = new String[keys][];
        for (int i = 0; i < keys; i++) {
            names[i] = new String[] {"gcra:client-" + i};
        }
    }

    @Override
    public String name() {
        return "redis-gcra";
    }

    @Override
    public CompletableFuture<Boolean> acquire(int key) {
        return connection
                .async()
                .<java.util.List<Long>>evalsha(sha, ScriptOutputType.MULTI, names[key], "0.001", "1000000")
                .toCompletableFuture()
                .thenApply(reply -> reply.get(0) == 1);
    }

    @Override
    public void flush() {
        connection.flushCommands();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}

package io.quorate.benchmarks;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Bucket4j over Redis (compare and swap through Lettuce), as its documentation sets it up. */
final class Bucket4jSide implements Side {
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final AsyncBucketProxy[] buckets;

    Bucket4jSide(int port, int keys) {
        client = RedisClient.create("redis://127.0.0.1:" + port);
        connection = client.connect(ByteArrayCodec.INSTANCE);
        LettuceBasedProxyManager<byte[]> manager = Bucket4jLettuce.casBasedBuilder(connection)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
                .build();
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(1_000_000_000).refillGreedy(1_000_000_000, Duration.ofSeconds(1)))
                .build();
        buckets = new AsyncBucketProxy[keys];
        for (int i = 0; i < keys; i++) {
            buckets[i] = manager.asAsync()
                    .builder()
                    .build(
                            ("bucket4j:client-" + i).getBytes(StandardCharsets.UTF_8),
                            () -> CompletableFuture.completedFuture(configuration));
        }
    }

    @Override
    public String name() {
        return "bucket4j-redis";
    }

    @Override
    public CompletableFuture<Boolean> acquire(int key) {
        return buckets[key].tryConsume(1);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}

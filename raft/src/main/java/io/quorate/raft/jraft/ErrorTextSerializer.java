package io.quorate.raft.jraft;

import com.alipay.remoting.exception.CodecException;
import com.alipay.remoting.rpc.exception.RpcServerException;
import com.alipay.remoting.serialization.Serializer;
import com.alipay.remoting.serialization.SerializerManager;
import java.nio.charset.StandardCharsets;

/**
 * Stands where bolt expects hessian: carries an error's text, and makes objects of nothing.
 *
 * <p>A byte on the wire chooses bolt's serializer, and hessian would build any object that the bytes describe.
 * Raft's messages have their own serializer by class; only bolt's error replies come here.
 */
final class ErrorTextSerializer implements Serializer {
    private static final int TEXT_BYTES_MAX = 4096;

    private ErrorTextSerializer() {}

    /** Takes hessian's place in bolt's process-wide table. */
    static void install() {
        SerializerManager.addSerializer(SerializerManager.Hessian2, new ErrorTextSerializer());
    }

    @Override
    public byte[] serialize(Object object) throws CodecException {
        if (!(object instanceof Throwable)) {
            throw new CodecException("only errors can be sent so, not a " + object.getClass());
        }
        byte[] text = object.toString().getBytes(StandardCharsets.UTF_8);
        return text.length <= TEXT_BYTES_MAX ? text : java.util.Arrays.copyOf(text, TEXT_BYTES_MAX);
    }

    @SuppressWarnings("unchecked")
    @Override
    public <T> T deserialize(byte[] data, String className) throws CodecException {
        if (!RpcServerException.class.getName().equals(className)) {
            throw new CodecException("only an error's text can be read so, not a " + className);
        }
        int length = Math.min(data.length, TEXT_BYTES_MAX);
        return (T) new RpcServerException(new String(data, 0, length, StandardCharsets.UTF_8));
    }
}

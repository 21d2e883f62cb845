//! Signatures of tenants.

use hmac::Hmac;
use sha2::Sha256;
use std::fmt;
use std::fmt::Write as _;

use hmac::KeyInit as _;
use hmac::Mac as _;

/// The key of signatures, of 32 bytes.
pub struct SigningKey {
    key: [u8; Self::LEN],
    hmac: Hmac<Sha256>,
}

/// What verifies a signature.
macro_rules! body {
    () => {
        "
DECLARE
    setting text := current_setting('tenancy.tenant', true);
    tenant text := substr(setting, 66);
BEGIN
    RETURN (
        SELECT tenant FROM tenancy.signing_keys AS key
        WHERE left(setting, 65) = encode(sha256(key.outer_block || sha256(
            key.inner_block || convert_to(tenant, 'UTF8')
        )), 'hex') || ':'
        LIMIT 1
    );
END "
    };
}

#[cfg(feature = "doctor")]
pub(crate) const FUNCTION_BODY: &str = body!();

pub(crate) const CREATE_FUNCTION: &str = concat!(
    "CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$",
    body!(),
    "$$;\n"
);

/// The bytes that HMAC works on at once.
const BLOCK: usize = 64;

impl SigningKey {
    /// How many bytes a key has.
    pub const LEN: usize = 32;

    /// A key of random bytes, which the program keeps secret.
    #[must_use]
    pub fn new(key: [u8; Self::LEN]) -> Self {
        let hmac = Hmac::new_from_slice(&key).expect("HMAC takes keys of any length");
        Self { key, hmac }
    }

    /// The tenant after its signature: 64 hexadecimal digits and a colon.
    pub(crate) fn signed(&self, tenant: &str) -> String {
        let mut hmac = self.hmac.clone();
        hmac.update(tenant.as_bytes());
        let mut value = hex(&hmac.finalize().into_bytes());
        value.push(':');
        value.push_str(tenant);
        value
    }

    /// SQL that creates the function `tenancy.tenant()` and the table with the key that it reads, for whoever
    /// sets up the database. The program's role must not own them: it could read the key.
    ///
    /// The text has the key in it. Another key is added to the first, so that keys can be changed while the program
    /// runs: add the new one, restart the program with it, delete the old one from `tenancy.signing_keys`.
    #[must_use]
    pub fn setup(&self) -> String {
        let (inner, outer) = (self.pad(0x36), self.pad(0x5c));
        format!(
            r"CREATE SCHEMA IF NOT EXISTS tenancy;
GRANT USAGE ON SCHEMA tenancy TO PUBLIC;

-- The key, as the two blocks that HMAC begins with (RFC 2104).
CREATE TABLE IF NOT EXISTS tenancy.signing_keys (
    inner_block bytea PRIMARY KEY,
    outer_block bytea NOT NULL
);
REVOKE ALL ON tenancy.signing_keys FROM PUBLIC;
INSERT INTO tenancy.signing_keys VALUES (decode('{inner}', 'hex'), decode('{outer}', 'hex'))
    ON CONFLICT DO NOTHING;

-- The tenant of the transaction, if its signature is genuine; otherwise NULL, which is equal to nothing.
{CREATE_FUNCTION}GRANT EXECUTE ON FUNCTION tenancy.tenant() TO PUBLIC;
"
        )
    }

    /// The two blocks that HMAC begins with, in hexadecimal digits: what the database keeps of a key.
    #[cfg(feature = "doctor")]
    pub(crate) fn blocks(&self) -> (String, String) {
        (self.pad(0x36), self.pad(0x5c))
    }

    /// One of the blocks that HMAC begins with.
    fn pad(&self, with: u8) -> String {
        let mut block = [with; BLOCK];
        for (byte, key) in block.iter_mut().zip(self.key) {
            *byte ^= key;
        }
        hex(&block)
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len() + 64);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

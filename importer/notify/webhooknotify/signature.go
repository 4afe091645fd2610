package webhooknotify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a request.
const (
	// EventIDHeader has the id of the event, which the body has, too.
	EventIDHeader = "Bulkimport-Event-Id"
	// TimestampHeader has the time of the try, in seconds since 1970.
	TimestampHeader = "Bulkimport-Timestamp"
	// SignatureHeader has the signatures, separated by commas.
	SignatureHeader = "Bulkimport-Signature"
)

// scheme is the name of the one signature there is.
const scheme = "v1"

// sign returns the code of a body at a time.
func sign(secret []byte, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(timestamp))
	mac.Write([]byte("."))
	mac.Write(body)

	return mac.Sum(nil)
}

// setSignature signs a request.
func setSignature(h http.Header, secret []byte, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)

	h.Set(TimestampHeader, timestamp)
	h.Set(SignatureHeader, scheme+"="+hex.EncodeToString(sign(secret, timestamp, body)))
}

const (
	// maxTimestamp is the longest timestamp, in digits: that of the year 33658.
	maxTimestamp = 12
	// maxSignatures bounds how many signatures are compared.
	maxSignatures = 8
	// maxSignatureHeader bounds the header, in bytes.
	maxSignatureHeader = 1024
)

// parseTimestamp reads a timestamp in the one way of writing it: decimal digits without
// sign or leading zeros.
func parseTimestamp(text string) (time.Time, bool) {
	if text == "" || len(text) > maxTimestamp || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		return time.Time{}, false
	}

	seconds, err := strconv.ParseInt(text, 10, 64)

	return time.Unix(seconds, 0), err == nil
}

// parseSignatures returns the codes of our scheme in a header.
func parseSignatures(header string) [][]byte {
	if len(header) > maxSignatureHeader {
		return nil
	}

	var codes [][]byte

	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name != scheme || len(codes) == maxSignatures {
			continue
		}

		if code, err := hex.DecodeString(value); err == nil && len(code) == sha256.Size {
			codes = append(codes, code)
		}
	}

	return codes
}

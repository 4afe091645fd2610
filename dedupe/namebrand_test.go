package dedupe_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func TestNameBrandKey(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name        string
		brand, item string
		want        string // empty: no identity
	}{
		{"plain", "Nestle", "Maggi 2-Minute Noodles", "nestle#maggi2minutenoodles"},
		{"Latin diacritics", "Nestlé", "Crème Brûlée", "nestle#cremebrulee"},
		{"diacritics written as marks", "Nestle\u0301", "Cre\u0300me", "nestle#creme"},
		{"mark behind a blank", "Nestle \u0301", "x", "nestle#x"},
		{"strokes and ligatures", "Łódź", "Smørrebrød Đakovo Æbleskiver œuf", "lodz#smorrebroddakovoaebleskiveroeuf"},
		{"sharp s, both cases", "Weißwurst", "GROẞ", "weisswurst#gross"},
		{"Turkish i, all four", "İıIi", "x", "iiii#x"},
		{"Vietnamese", "Phở Bò", "Bánh mì Đặc biệt", "phobo#banhmidacbiet"},
		{"full-width", "Ｐｅｐｓｉ", "２Ｌ", "pepsi#2l"},
		{"compatibility forms", "ﬁne ™", "№ ½ ℓ", "finetm#no12l"},
		{"final sigma", "ΝΈΟΣ", "νέος", "νέοσ#νέοσ"},
		{"Cyrillic keeps its marks", "Йогурт", "ЁЖИК", "йогурт#ёжик"},
		{"Cyrillic written with marks", "И\u0306огурт", "x", "йогурт#x"},
		{"Devanagari vowel signs", "पतंजलि", "दन्त कान्ति", "पतंजलि#दन्तकान्ति"},
		{"Devanagari, nukta composed and not", "क़", "क\u093c", "क़#क़"},
		{"Devanagari, joiners dropped", "क्\u200dष", "क्\u200cष", "क्ष#क्ष"},
		{"Tamil", "ஆவின்", "பால் 500ml", "ஆவின்#பால்500ml"},
		{"Arabic", "حلیب", "طازج ١", "حلیب#طازج١"},
		{"Japanese, half width", "ﾊﾟﾝ", "ガム", "パン#ガム"},
		{"Hangul, syllables and jamo", "한", "\u1112\u1161\u11ab", "한#한"},
		{"symbols", "7-Up®", "Lime & Lemon (2 x 500 ml) + 10%", "7up#limelemon2x500ml10"},
		{"emoji with a variation selector", "❤\ufe0f Love", "7\ufe0f\u20e3", "love#7"},
		{"separator within a side", "a#b", "c#d", "ab#cd"},
		{"bytes that are not UTF-8", "ab\xffcd", "\xc3x", "abcd#x"},
		{"NUL", "a\x00b", "c", "ab#c"},
		{"more marks than writing has", "ж" + strings.Repeat("\u0323", 40), "x", "ж" + strings.Repeat("\u0323", 16) + "#x"},
		{"no brand", "", "Maggi", ""},
		{"brand of blanks", " \t\u00a0\u3000", "Maggi", ""},
		{"brand of punctuation", "-", "Maggi", ""},
		{"no name", "Nestle", "", ""},
		{"name of symbols", "Nestle", "★★★", ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			key, ok := dedupe.NameBrandKey(test.brand, test.item)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, norm.NFC.String(test.want), key.Value)

			if ok {
				require.Equal(t, dedupe.TierNameBrand, key.Tier)
				requireNormal(t, key)
			}
		})
	}
}

func TestNameBrandKeyTellsNamesApart(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, a, b string }{
		{"Devanagari vowel sign", "कल", "काल"},
		{"Cyrillic breve", "мои", "мой"},
		{"kana voicing", "かき", "かぎ"},
		{"digits", "2 l", "1 l"},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			a, ok := dedupe.NameBrandKey("x", test.a)
			require.True(t, ok)

			b, ok := dedupe.NameBrandKey("x", test.b)
			require.True(t, ok)
			require.NotEqual(t, a, b)
		})
	}
}

func TestNameBrandKeyOfLongText(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, letter string }{
		{"ASCII", "a"},
		{"two bytes", "ж"},
		{"three bytes", "क"},
		{"four bytes", "𠀀"},
		{"a letter and a mark", "कि"},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			long := strings.Repeat(test.letter, 5_000)

			one, ok := dedupe.NameBrandKey(long, long+"1")
			require.True(t, ok)
			requireNormal(t, one)
			require.Less(t, len(one.String()), 1024)

			same, ok := dedupe.NameBrandKey(" "+long, long+"-1")
			require.True(t, ok)
			require.Equal(t, one, same)

			two, ok := dedupe.NameBrandKey(long, long+"2")
			require.True(t, ok)
			require.NotEqual(t, one, two, "names that differ only at the end")
		})
	}
}

func TestNameBrandKeyAtTheLimit(t *testing.T) {
	t.Parallel()

	exact := strings.Repeat("a", 480)

	key, ok := dedupe.NameBrandKey("x", exact)
	require.True(t, ok)
	require.Equal(t, "x#"+exact, key.Value)

	longer, ok := dedupe.NameBrandKey("x", exact+"a")
	require.True(t, ok)
	require.Len(t, longer.Value, len("x#")+480)
	require.NotEqual(t, key, longer)
	require.True(t, strings.HasPrefix(longer.Value, "x#"+exact[:448]))
}

// Every character by itself, and behind a Latin letter: the key is in normal
// form, and case folding goes as far as golang.org/x/text has it.
func TestNameBrandKeyOfEveryCharacter(t *testing.T) {
	t.Parallel()

	fold := cases.Fold()

	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf) {
			continue
		}

		key, ok := dedupe.NameBrandKey("x", "0a"+string(r))
		if !ok {
			t.Fatalf("%U: no key", r)
		}

		if again := renormalise(t, key); again != key {
			t.Fatalf("%U: %+q becomes %+q", r, key.Value, again.Value)
		}

		folded := norm.NFKC.String(fold.String(norm.NFKD.String(string(r))))
		if other, _ := dedupe.NameBrandKey("x", "0a"+folded); other != key {
			t.Fatalf("%U: %+q, but %+q once folded", r, key.Value, other.Value)
		}
	}
}

// requireNormal checks the form of a key of brand and name, and that normalising
// its sides changes nothing.
func requireNormal(t *testing.T, key dedupe.Key) {
	t.Helper()

	require.True(t, utf8.ValidString(key.Value), "valid UTF-8: %+q", key.Value)
	require.LessOrEqual(t, len(key.Value), 961)
	require.Equal(t, 1, strings.Count(key.Value, "#"))

	for _, r := range key.Value {
		require.True(t, r == '#' || unicode.In(r, unicode.L, unicode.M, unicode.Nd), "%U", r)
	}

	require.Equal(t, key, renormalise(t, key))
}

// renormalise makes the key of a key's own two sides.
func renormalise(t *testing.T, key dedupe.Key) dedupe.Key {
	t.Helper()

	brand, name, _ := strings.Cut(key.Value, "#")

	again, ok := dedupe.NameBrandKey(brand, name)
	if !ok {
		t.Fatalf("%+q: no key", key.Value)
	}

	return again
}

func FuzzNameBrandKey(f *testing.F) {
	for _, seed := range [][2]string{
		{"Nestlé", "Maggi 2-Minute Noodles"},
		{"पतंजलि", "दन्त कान्ति"},
		{"İstanbul", "ẞ ŉ ǰ ΐ \u0345"},
		{"a\u0344\u0301\u0300", strings.Repeat("\u0301", 40)},
		{"\u1161\u11a8", strings.Repeat("\u1161", 40)},
		{"\xff#", strings.Repeat("क", 400)},
		{"", "#"},
		{"0", strings.Repeat("0", 55) + "\xf4Ï"},
	} {
		f.Add(seed[0], seed[1])
	}

	f.Fuzz(func(t *testing.T, brand, name string) {
		key, ok := dedupe.NameBrandKey(brand, name)
		if !ok {
			require.Zero(t, key)

			return
		}

		requireNormal(t, key)

		shouted, ok := dedupe.NameBrandKey(brand+" ", "  "+name)
		require.True(t, ok)
		require.Equal(t, key, shouted, "blanks around a side")
	})
}

func BenchmarkNameBrandKey(b *testing.B) {
	benchmarks := []struct{ name, brand, item string }{
		{"ascii", "Nestle", "Maggi 2-Minute Masala Instant Noodles, 70 g"},
		{"latin", "Nestlé", "Crème Brûlée à la Vanille, 70 g"},
		{"devanagari", "पतंजलि", "दन्त कान्ति टूथपेस्ट १०० ग्राम"},
	}

	for _, benchmark := range benchmarks {
		b.Run(benchmark.name, func(b *testing.B) {
			b.ReportAllocs()

			for b.Loop() {
				dedupe.NameBrandKey(benchmark.brand, benchmark.item)
			}
		})
	}
}

func TestStoreNameKey(t *testing.T) {
	t.Parallel()

	key, ok := dedupe.StoreNameKey("Store-1", "Loose  Basmati-Rice")
	require.True(t, ok)
	require.Equal(t, dedupe.Key{Tier: dedupe.TierNameBrand, Value: "@Store-1#loosebasmatirice"}, key)

	same, ok := dedupe.StoreNameKey("Store-1", "LOOSE BASMATI RICE")
	require.True(t, ok)
	require.Equal(t, key, same)

	// It is nobody else's: no other store's, whatever that is called, and no brand's.
	others := map[dedupe.Key]bool{key: true}

	for _, storeID := range []string{"store-1", "Store-", "Store-1#loose", "Store-1#", "@Store-1", "Store1"} {
		other, ok := dedupe.StoreNameKey(storeID, "Loose Basmati Rice")
		require.True(t, ok)
		require.False(t, others[other], storeID)
		others[other] = true

		brand, ok := dedupe.NameBrandKey("@"+storeID, "Loose Basmati Rice")
		require.True(t, ok)
		require.False(t, others[brand])
	}

	for _, none := range [][2]string{{"", "Rice"}, {"store", ""}, {"store", "***"}, {strings.Repeat("s", 481), "Rice"}} {
		_, ok := dedupe.StoreNameKey(none[0], none[1])
		require.False(t, ok, "%.10q %q", none[0], none[1])
	}

	long, ok := dedupe.StoreNameKey(strings.Repeat("s", 480), strings.Repeat("क", 10_000))
	require.True(t, ok)
	require.LessOrEqual(t, len(long.String()), 1024)
}
